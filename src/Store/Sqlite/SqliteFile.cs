using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Coxswain.Store.Sqlite;

/// <summary>
/// The way to a database file that is surely ours: locked against other processes, made whole or not at all, and looked at by plain reads before
/// SQLite may touch it (SQLite replays and removes the logs of whatever it opens).
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    public const int SchemaVersion = 1;
    private const int ApplicationId = 0x436F7873; // "Coxs"
    private const int HeaderLength = 100, UserVersionAt = 60, ApplicationIdAt = 68; // sqlite.org/fileformat.html
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
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

    private readonly FileStream _lock;
    private readonly string _path;

    private SqliteFile(string path, FileStream fileLock, SqliteConnection connection)
    {
        (_path, _lock) = (path, fileLock);
        Connection = connection;
    }

    public SqliteConnection Connection { get; }

    /// <exception cref="StoreOpenException">The file is in use, foreign, damaged or out of reach.</exception>
    public static SqliteFile Open(string path)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } directory) Directory.CreateDirectory(directory);
            var fileLock = Lock(path);
            try
            {
                if (File.Exists(path)) CheckHeader(path);
                else Create(path);
                return new SqliteFile(path, fileLock, Connect(path));
            }
            catch
            {
                fileLock.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreachable(path, e);
        }
    }

    public static StoreOpenException Unreachable(string path, Exception e) =>
        new(path, $"cannot be opened: {e.Message}", "Check that the directory exists and that this user may write to it", e);

    public static StoreOpenException Damaged(string path, string what, Exception? inner = null) =>
        new(path, $"is damaged: {what}", $"Restore it from a backup, or move it (with {path}-wal) away to start with an empty store", inner);

    /// <summary>What a failure of SQLite says about the file.</summary>
    public static StoreOpenException Explain(string path, SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new(path, "is in use by another program", "End that program first", e),
        raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_IOERR or raw.SQLITE_FULL =>
            new(path, $"cannot be opened: {e.Message}", "Check the disk, and that this user may write to the file and its directory", e),
        _ => Damaged(path, e.Message, e),
    };

    /// <summary>The file has proved sound: closing it may tidy the log into it. Until then nothing is changed by looking.</summary>
    public void Accept() => _ = raw.sqlite3_db_config(Connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, out _);

    /// <summary>Closes a file that did not prove sound.</summary>
    public void Reject()
    {
        Connection.Dispose();
        var log = new FileInfo(_path + "-wal");
        if (log is { Exists: true, Length: 0 }) log.Delete(); // SQLite's own, from opening it
        _lock.Dispose();
    }

    public void Dispose()
    {
        Connection.Dispose();
        _lock.Dispose(); // the lock's file stays: removing it would race with the next owner
    }

    private static FileStream Lock(string path)
    {
        var name = path + ".lock";
        try
        {
            return new FileStream(name, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = OwnerOnly,
            });
        }
        catch (IOException e) when (File.Exists(name))
        {
            throw new StoreOpenException(path, "is in use by another process", "End that process first, or choose another file", e);
        }
    }

    private static void CheckHeader(string path)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        int length;
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)) length = file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);

        if (length == 0) throw Damaged(path, "it is empty");
        if (!header[..length].StartsWith("SQLite format 3\0"u8)) throw new StoreOpenException(path, "is not a store: it is no SQLite database", StartAnew);
        if (length < HeaderLength) throw Damaged(path, "it ends within its header");
        if (BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdAt..]) != ApplicationId)
        {
            throw new StoreOpenException(path, "is not a store: it is another program's SQLite database", StartAnew);
        }
        var version = BinaryPrimitives.ReadInt32BigEndian(header[UserVersionAt..]);
        if (version != SchemaVersion)
        {
            throw new StoreOpenException(path, $"has format {version}, and this program knows only {SchemaVersion}", "Use the program's version that wrote it");
        }
    }

    // Made under another name and renamed once complete: a file at the path is never half made.
    private static void Create(string path)
    {
        if (File.Exists(path + "-wal") || File.Exists(path + "-journal"))
        {
            throw new StoreOpenException(path, "is missing, but its log is there", "Bring the file back, or move the log (-wal, -journal) away to start with an empty store");
        }
        var draft = path + ".new";
        foreach (var leftover in new[] { draft, draft + "-wal", draft + "-journal" }) File.Delete(leftover);
        using (new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly })) { }
        try
        {
            using var connection = OpenConnection(draft);
            Execute(connection, $"PRAGMA synchronous=FULL; BEGIN; {Schema} PRAGMA application_id={ApplicationId}; PRAGMA user_version={SchemaVersion}; COMMIT; PRAGMA journal_mode=WAL;");
        }
        catch (SqliteException e)
        {
            throw Explain(draft, e);
        }
        File.Move(draft, path, overwrite: false);
    }

    private static SqliteConnection Connect(string path)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = OpenConnection(path);
            _ = raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
            if (raw.sqlite3_db_readonly(connection.Handle, "main") != 0)
            {
                throw new StoreOpenException(path, "cannot be written", "Check that this user may write to the file");
            }
            // Exclusive: nobody may write behind the memory's back, and the log's index needs no shared file. The rest is WriteAheadLog's work.
            Execute(connection, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864;");
            return connection;
        }
        catch (Exception e)
        {
            connection?.Dispose();
            if (e is SqliteException sqlite) throw Explain(path, sqlite);
            throw;
        }
    }

    private static SqliteConnection OpenConnection(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 1,
        }.ToString());
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
