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
    private readonly (DateTimeOffset At, long Stamp) _opened; // from here on time goes by steadily: a clock that is set a day ahead must not end all history
    private readonly Statement _nextRows, _dropSuperseded, _dropTombstones, _usedBytes;
    private long _trimmed; // rows up to here have been dealt with
    private long _checked; // the newest revision when there was nothing left to do
    private long _compact; // asked for by a caller

    public SqliteTrimmer(SqliteJournal journal, SqliteStoreOptions options, TimeProvider time)
    {
        (_journal, _options, _time, _opened) = (journal, options, time, (time.GetUtcNow(), time.GetTimestamp()));
        _nextRows = journal.Prepare("SELECT max(revision), max(time) FROM (SELECT revision, time FROM log WHERE revision > ? AND revision < ? ORDER BY revision LIMIT ?)");
        _dropSuperseded = journal.Prepare("DELETE FROM log WHERE revision IN (SELECT previous FROM log WHERE revision > ? AND revision <= ? AND previous > 0)");
        _dropTombstones = journal.Prepare("DELETE FROM log WHERE revision > ? AND revision <= ? AND deleted = 1");
        _usedBytes = journal.Prepare("SELECT (page_count - freelist_count) * page_size, 0 FROM pragma_page_count, pragma_freelist_count, pragma_page_size");
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
                _dropSuperseded.Bind(1, _trimmed).Bind(2, last).Run();
                _dropTombstones.Bind(1, _trimmed).Bind(2, last).Run();
            });
            _trimmed = last;
            return true;
        }
        _checked = newest;
        return false;
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _nextRows, _dropSuperseded, _dropTombstones, _usedBytes }) statement.Dispose();
    }

    /// <summary>The last revision of the next few rows, if those may go. The newest row never does (it holds the
    /// revision counter), nor what it superseded, until it is the newest no more.</summary>
    private long? NextBlock(long newest)
    {
        var (last, time) = _nextRows.Bind(1, _trimmed).Bind(2, newest).Bind(3, RowsAStep).ReadPair();
        if (last == 0)
        {
            _compact = Math.Min(_compact, _trimmed);
            return null;
        }
        if (last <= _compact) return last;
        var oldest = (_opened.At + _time.GetElapsedTime(_opened.Stamp) - _options.DiskHistoryAge).ToUnixTimeMilliseconds();
        if (time < oldest || UsedBytes() > _options.DiskHistoryBytes + _journal.LiveBytes * 5 / 4) return last;
        return _compact > _trimmed ? _compact : null;
    }

    private long UsedBytes() => _usedBytes.ReadPair().First;
}
