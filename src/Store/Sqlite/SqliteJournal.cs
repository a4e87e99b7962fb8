using Microsoft.Data.Sqlite;

namespace Coxswain.Store.Sqlite;

/// <summary>Puts batches on disk, each in one transaction. Belongs to the writer.</summary>
internal sealed class SqliteJournal : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly Statement _begin, _commit, _rollback, _append, _enliven, _supersede;

    public SqliteJournal(SqliteConnection connection, TimeProvider time, long liveBytes)
    {
        _connection = connection;
        _time = time;
        LiveBytes = liveBytes;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _append = Prepare("INSERT INTO log (revision, previous, create_revision, deleted, time, checksum, key, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        _enliven = Prepare("INSERT INTO live (revision) VALUES (?)");
        _supersede = Prepare("DELETE FROM live WHERE revision = ?");
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
        _begin.Run();
        try
        {
            action();
            _commit.Run();
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    public Statement Prepare(string sql) => new(_connection, sql);

    public void Dispose()
    {
        foreach (var statement in new[] { _begin, _commit, _rollback, _append, _enliven, _supersede }) statement.Dispose();
    }

    private static long LiveDifference(FeedEvent change) =>
        (change.Type == FeedEventType.Deleted ? 0 : change.Value.Bytes.Length) - (change.Previous?.Bytes.Length ?? 0);

    private void Append(FeedEvent change, long time)
    {
        var deleted = change.Type == FeedEventType.Deleted;
        var value = change.CarriesLast ? change.Value with { Bytes = default } : change.Value; // the row it supersedes has the bytes, and goes no sooner than this one
        _append
            .Bind(1, value.Revision)
            .Bind(2, change.Previous?.Revision ?? 0)
            .Bind(3, value.CreateRevision)
            .Bind(4, deleted ? 1 : 0)
            .Bind(5, time)
            .Bind(6, RowChecksum.Of(value, deleted))
            .Bind(7, value.Key)
            .Bind(8, value.Bytes.Span)
            .Run();
        if (!deleted) _enliven.Bind(1, value.Revision).Run();
        if (change.Previous is { } previous) _supersede.Bind(1, previous.Revision).Run();
    }

    private void RollBack()
    {
        // After some failures (a full disk) SQLite has rolled back on its own.
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) _rollback.Run();
    }
}
