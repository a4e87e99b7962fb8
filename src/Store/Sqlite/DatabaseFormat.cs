using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace Coxswain.Store.Sqlite;

/// <summary>What makes a SQLite database a store of ours, looked at by plain reads and made whole or not at all.</summary>
internal static class DatabaseFormat
{
    /// <summary>Closed in order, or written by a version that knew no marks: no log is needed (but one that lies there counts).</summary>
    public const int Closed = 1;

    /// <summary>In use, or not closed in order: a log and its mark belong to the database.</summary>
    public const int InUse = 2;

    private const int ApplicationId = 0x436F7873; // "Coxs"
    private const int HeaderLength = 100, UserVersionAt = 60, ApplicationIdAt = 68; // sqlite.org/fileformat.html
    private const string StartAnew = "Move it away to start with an empty store, or choose another file";

    private const string Schema = """
        CREATE TABLE log (
          revision        INTEGER PRIMARY KEY,
          previous        INTEGER NOT NULL, -- the revision it supersedes, 0 for none
          create_revision INTEGER NOT NULL,
          deleted         INTEGER NOT NULL,
          time            INTEGER NOT NULL, -- Unix milliseconds
          checksum        INTEGER NOT NULL, -- see RowChecksum
          key             TEXT NOT NULL,
          value           BLOB NOT NULL);   -- of a deletion: empty when the last value is the superseded row's
        -- The rows of the log that are live, so that a start reads those only.
        CREATE TABLE live (revision INTEGER PRIMARY KEY);
        """;

    /// <param name="isOurs">A mark lies beside it: it was a store.</param>
    /// <returns><see cref="Closed"/> or <see cref="InUse"/>, as the database itself says, its log apart.</returns>
    /// <exception cref="StoreOpenException">It is no store that this program knows.</exception>
    public static int Read(string path, bool isOurs)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        int length;
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)) length = file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);

        if (length == 0) throw OpenFailure.Damaged(path, "it is empty");
        if (!header[..length].StartsWith("SQLite format 3\0"u8)) throw NoStore(path, "it is no SQLite database", isOurs);
        if (length < HeaderLength) throw OpenFailure.Damaged(path, "it ends within its header");
        if (BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdAt..]) != ApplicationId) throw NoStore(path, "it is another program's SQLite database", isOurs);
        var version = BinaryPrimitives.ReadInt32BigEndian(header[UserVersionAt..]);
        if (version is Closed or InUse) return version;
        throw new StoreOpenException(path, $"has format {version}, and this program knows only {Closed} and {InUse}", "Use the program's version that wrote it");
    }

    /// <summary>Made under another name and renamed once complete and on the disk: a file at the path is never half made.</summary>
    /// <param name="fill">Runs SQL in the transaction that makes it; null for an empty store.</param>
    public static void Create(string path, Action<SqliteConnection>? fill = null)
    {
        var draft = path + ".new";
        foreach (var leftover in new[] { draft, draft + "-wal", draft + "-journal" }) File.Delete(leftover);
        using (new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = DurableFile.OwnerOnly })) { }
        try
        {
            using var connection = Connections.Open(draft);
            Connections.Execute(connection, $"PRAGMA synchronous=FULL; BEGIN; {Schema} PRAGMA application_id={ApplicationId}; PRAGMA user_version={Closed};");
            fill?.Invoke(connection);
            Connections.Execute(connection, "COMMIT; PRAGMA journal_mode=WAL;");
        }
        catch (SqliteException e)
        {
            throw OpenFailure.Explain(draft, e);
        }
        FlushFile(draft); // SQLite has, but for the change to a log's mode
        DurableFile.Move(draft, path, overwrite: fill is not null);
    }

    private static StoreOpenException NoStore(string path, string what, bool isOurs) =>
        isOurs ? OpenFailure.Damaged(path, what) : new StoreOpenException(path, $"is not a store: {what}", StartAnew);

    private static void FlushFile(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }
}
