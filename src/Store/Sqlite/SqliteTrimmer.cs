using Microsoft.Data.Sqlite;

namespace Coxswain.Store.Sqlite;

/// <summary>
/// Takes the oldest history off the disk, a few rows at a time. Belongs to the writer, which calls it when no write is waiting. What a row superseded
/// goes when the row itself has become too old: the state at any later revision can still be told.
/// </summary>
internal sealed class SqliteTrimmer : IDisposable
{
    private const int RowsAStep = 256;

    private readonly SqliteJournal _journal;
    private readonly SqliteStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly SqliteCommand _nextRows, _dropSuperseded, _dropTombstones, _usedBytes;
    private long _trimmed; // rows up to here have been dealt with
    private long _checked; // the newest revision when there was nothing left to do
    private long _compact; // asked for by a caller

    public SqliteTrimmer(SqliteJournal journal, SqliteStoreOptions options, TimeProvider time)
    {
        (_journal, _options, _time) = (journal, options, time);
        _nextRows = journal.Prepare(
            "SELECT coalesce(max(revision), 0), coalesce(max(time), 0) FROM (SELECT revision, time FROM log WHERE revision > $after AND revision < $newest ORDER BY revision LIMIT $rows)",
            "$after", "$newest", "$rows");
        _dropSuperseded = journal.Prepare(
            "DELETE FROM log WHERE revision IN (SELECT previous FROM log WHERE revision > $after AND revision <= $last AND previous > 0)", "$after", "$last");
        _dropTombstones = journal.Prepare("DELETE FROM log WHERE revision > $after AND revision <= $last AND deleted = 1", "$after", "$last");
        _usedBytes = journal.Prepare("SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size");
    }

    /// <summary>History up to this revision may go whatever its age.</summary>
    public void Compact(long revision) => _compact = Math.Max(_compact, revision);

    /// <returns>False when there is nothing to do for now.</returns>
    public bool Step(long newest)
    {
        if (_compact <= _trimmed && newest - _checked < RowsAStep) return false;
        if (NextBlock(newest) is { } last)
        {
            _journal.InTransaction(() =>
            {
                Execute(_dropSuperseded, _trimmed, last);
                Execute(_dropTombstones, _trimmed, last);
            });
            _trimmed = last;
            return true;
        }
        _checked = newest;
        return false;
    }

    public void Dispose()
    {
        foreach (var command in new[] { _nextRows, _dropSuperseded, _dropTombstones, _usedBytes }) command.Dispose();
    }

    /// <summary>The last revision of the next few rows, if those may go. The newest row never does (it holds the
    /// revision counter), nor what it superseded, until it is the newest no more.</summary>
    private long? NextBlock(long newest)
    {
        var (last, time) = ReadNextRows(newest);
        if (last == 0)
        {
            _compact = Math.Min(_compact, _trimmed);
            return null;
        }
        if (last <= _compact) return last;
        var oldest = (_time.GetUtcNow() - _options.DiskHistoryAge).ToUnixTimeMilliseconds();
        if (time < oldest || UsedBytes() > _options.DiskHistoryBytes + _journal.LiveBytes * 5 / 4) return last;
        return _compact > _trimmed ? _compact : null;
    }

    private (long Last, long Time) ReadNextRows(long newest)
    {
        _nextRows.Parameters[0].Value = _trimmed;
        _nextRows.Parameters[1].Value = newest;
        _nextRows.Parameters[2].Value = (long)RowsAStep;
        using var row = _nextRows.ExecuteReader();
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1));
    }

    private long UsedBytes() => (long)_usedBytes.ExecuteScalar()!;

    private static void Execute(SqliteCommand command, long after, long last)
    {
        command.Parameters[0].Value = after;
        command.Parameters[1].Value = last;
        command.ExecuteNonQuery();
    }
}
