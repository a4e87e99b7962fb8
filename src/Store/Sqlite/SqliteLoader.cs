using Coxswain.Store.Core;
using Microsoft.Data.Sqlite;

namespace Coxswain.Store.Sqlite;

/// <summary>Reads the live values into memory at start, and refuses a file that does not add up.</summary>
internal static class SqliteLoader
{
    private const string LiveRows = """
        SELECT log.revision, log.create_revision, log.deleted, log.checksum, log.key, log.value
        FROM live LEFT JOIN log ON log.revision = live.revision ORDER BY live.revision
        """;

    /// <exception cref="StoreOpenException">The file is damaged.</exception>
    public static (KeyTree Tree, long Revision, long LiveBytes) Load(string path, SqliteConnection connection, CancellationToken ct)
    {
        try
        {
            var (tree, bytes) = LoadLive(path, connection, ct);
            return (tree, NewestRevision(connection), bytes);
        }
        catch (SqliteException e)
        {
            throw OpenFailure.Explain(path, e);
        }
        catch (Exception e) when (e is InvalidCastException or InvalidOperationException or FormatException) // a column is not what it was written as
        {
            throw OpenFailure.Damaged(path, e.Message, e);
        }
    }

    private static (KeyTree Tree, long Bytes) LoadLive(string path, SqliteConnection connection, CancellationToken ct)
    {
        var tree = new KeyTreeEditor(KeyTree.Empty);
        var bytes = 0L;
        using var command = connection.CreateCommand();
        command.CommandText = LiveRows;
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            ct.ThrowIfCancellationRequested();
            var value = ReadRow(path, rows);
            if (tree.Find(value.Key) is not null) throw OpenFailure.Damaged(path, $"key {value.Key} is live twice");
            tree.Set(value);
            bytes += value.Bytes.Length;
        }
        return (tree.ToTree(), bytes);
    }

    private static StoredValue ReadRow(string path, SqliteDataReader row)
    {
        if (row.IsDBNull(0)) throw OpenFailure.Damaged(path, "a live value is missing from the log");
        var value = new StoredValue(row.GetString(4), row.GetFieldValue<byte[]>(5), row.GetInt64(0), row.GetInt64(1));
        if (RowChecksum.Of(value, deleted: row.GetInt64(2) != 0) == row.GetInt64(3)) return value;
        throw OpenFailure.Damaged(path, $"revision {value.Revision} does not match its checksum");
    }

    // The newest row is never trimmed, so the counter goes on where it was even when nothing is live.
    private static long NewestRevision(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(max(revision), 0) FROM log";
        return (long)command.ExecuteScalar()!;
    }
}
