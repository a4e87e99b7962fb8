using Microsoft.Data.Sqlite;

namespace Coxswain.Store.Sqlite;

/// <summary>Puts batches on disk, each in one transaction. Belongs to the writer.</summary>
internal sealed class SqliteJournal : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly SqliteCommand _begin, _commit, _rollback, _append, _enliven, _supersede;

    public SqliteJournal(SqliteConnection connection, TimeProvider time, long liveBytes)
    {
        _connection = connection;
        _time = time;
        LiveBytes = liveBytes;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _append = Prepare(
            "INSERT INTO log (revision, previous, create_revision, deleted, time, checksum, key, value) VALUES ($revision, $previous, $created, $deleted, $time, $checksum, $key, $value)",
            "$revision", "$previous", "$created", "$deleted", "$time", "$checksum", "$key", "$value");
        _enliven = Prepare("INSERT INTO live (revision) VALUES ($revision)", "$revision");
        _supersede = Prepare("DELETE FROM live WHERE revision = $revision", "$revision");
    }

    /// <summary>Bytes of the live values.</summary>
    public long LiveBytes { get; private set; }

    /// <exception cref="SqliteException">Nothing was written.</exception>
    public void Commit(IReadOnlyList<FeedEvent> events)
    {
        var time = _time.GetUtcNow().ToUnixTimeMilliseconds();
        InTransaction(() =>
        {
            foreach (var change in events) Append(change, time);
        });
        foreach (var change in events) LiveBytes += LiveDifference(change);
    }

    public void InTransaction(Action action)
    {
        _begin.ExecuteNonQuery();
        try
        {
            action();
            _commit.ExecuteNonQuery();
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    public SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.AddWithValue(name, 0L);
        command.Prepare();
        return command;
    }

    public void Dispose()
    {
        foreach (var command in new[] { _begin, _commit, _rollback, _append, _enliven, _supersede }) command.Dispose();
    }

    private static long LiveDifference(FeedEvent change) =>
        (change.Type == FeedEventType.Deleted ? 0 : change.Value.Bytes.Length) - (change.Previous?.Bytes.Length ?? 0);

    private void Append(FeedEvent change, long time)
    {
        var (value, deleted) = (change.Value, change.Type == FeedEventType.Deleted);
        var row = _append.Parameters;
        row[0].Value = value.Revision;
        row[1].Value = change.Previous?.Revision ?? 0L;
        row[2].Value = value.CreateRevision;
        row[3].Value = deleted ? 1L : 0L;
        row[4].Value = time;
        row[5].Value = RowChecksum.Of(value, deleted);
        row[6].Value = value.Key;
        row[7].Value = ArrayOf(value.Bytes);
        _append.ExecuteNonQuery();

        if (!deleted) Execute(_enliven, value.Revision);
        if (change.Previous is { } previous) Execute(_supersede, previous.Revision);
    }

    // The values' memory is an array of its own and exactly as long (see Batch); anything else would be copied.
    private static byte[] ArrayOf(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Array!.Length == bytes.Length ? segment.Array : bytes.ToArray();

    private static void Execute(SqliteCommand command, long revision)
    {
        command.Parameters[0].Value = revision;
        command.ExecuteNonQuery();
    }

    private void RollBack()
    {
        // After some failures (a full disk) SQLite has rolled back on its own.
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) _rollback.ExecuteNonQuery();
    }
}
