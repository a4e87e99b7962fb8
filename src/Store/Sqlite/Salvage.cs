using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Coxswain.Store.Sqlite;

/// <summary>
/// Takes what can be read of a damaged store over into a new file. (1) The damaged files get a second name. (2) Their rows are read, each held against its checksum.
/// (3) A new database is made of the newest row of each key and (4) takes the damaged one's place, in one step.
/// </summary>
internal static partial class Salvage
{
    /// <summary>More than any store gives out between two moments that its mark tells of; etcd's own advice for a restored member.</summary>
    private const long Gap = 1_000_000_000;

    private const string InsertRow = "INSERT INTO log (revision, previous, create_revision, deleted, time, checksum, key, value) VALUES (?, 0, ?, ?, ?, ?, ?, ?)";

    /// <exception cref="StoreOpenException">The files are in use, or the new one cannot be written. The damaged ones are as they were.</exception>
    public static DataLoss Run(string path, TimeProvider time)
    {
        using var held = SqliteFile.Lock(path);
        var mark = MarkFile.Read(path);
        var kept = path + time.GetUtcNow().ToString("'.damaged-'yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture); // 1.
        foreach (var ending in new[] { "", "-wal", "-mark" }) Keep(path + ending, kept + ending);
        DurableFile.FlushDirectory(Path.GetDirectoryName(path)!);

        var rows = ReadRows(kept, mark); // 2.
        var revision = Math.Max(rows.Newest, mark?.Revision ?? 0) + Gap;
        // 3. From here on the old database is too old for its mark, and a log that is left counts no more.
        new MarkFile(path, LogMark.NoLog(revision)).Dispose();
        DatabaseFormat.Create(path, connection => Fill(connection, rows, revision, time.GetUtcNow().ToUnixTimeMilliseconds())); // 4.
        DurableFile.Delete(LogCheck.LogOf(path));
        return new DataLoss(kept, rows.Live.Count, rows.Unreadable, rows.Newest, mark?.Revision ?? 0, revision);
    }

    // A link where the file is going to be replaced or removed, which leaves the link; the mark is written in place.
    private static void Keep(string file, string kept)
    {
        if (!File.Exists(file)) return;
        if (!file.EndsWith("-mark", StringComparison.Ordinal) && Link(file, kept) == 0) return;
        File.Copy(file, kept);
        using var copy = File.OpenHandle(kept, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(copy);
    }

    // With the log, where it is this database's. The database without it may show what the log is in the way of, but also what was deleted since: only if need be.
    private static SalvagedRows ReadRows(string path, LogMark? mark)
    {
        var rows = new SalvagedRows();
        if (!File.Exists(path)) return rows;
        var scan = LogScan.Read(LogCheck.LogOf(path));
        var usable = scan.HasHeader && (mark is not { } known || scan.Salt == known.Salt && !known.Copied || known.IsFollowedBy(scan.Salt));
        if (usable && rows.TryRead(() => Connections.OpenExclusively(path))) return rows;
        rows.TryRead(() => Connections.OpenWithoutLog(path));
        return rows;
    }

    private static void Fill(SqliteConnection connection, SalvagedRows rows, long revision, long time)
    {
        using var row = new Statement(connection, InsertRow);
        using var live = new Statement(connection, "INSERT INTO live (revision) VALUES (?)");
        foreach (var value in rows.Live)
        {
            Insert(row, value, deleted: false, time);
            live.Bind(1, value.Revision).Run();
        }
        Insert(row, new StoredValue("", default, revision, revision), deleted: true, time); // the newest row holds the counter
    }

    private static void Insert(Statement row, StoredValue value, bool deleted, long time) => row
        .Bind(1, value.Revision)
        .Bind(2, value.CreateRevision)
        .Bind(3, deleted ? 1 : 0)
        .Bind(4, time)
        .Bind(5, RowChecksum.Of(value, deleted))
        .Bind(6, value.Key)
        .Bind(7, value.Bytes.Span)
        .Run();

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
