namespace Coxswain.Store.Sqlite;

/// <summary>
/// Wakes the writer some time after a write, so that what can wait is done once there is a pause. Set by the first write and again only while something is left to do:
/// an idle store is not woken. Belongs to the writer.
/// </summary>
internal sealed class WriterTimer(TimeProvider time) : IDisposable
{
    /// <summary>How long after a write the writer is woken: how far the mark on the disk may be behind.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);

    /// <summary>No write for so long is a pause; without one, things wait no longer than <see cref="Patience"/>.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(30);

    private ITimer? _timer;
    private bool _set;
    private long _first, _last; // writes since the log was copied: timestamps

    /// <param name="wake">Has <see cref="Rang"/> called by the writer. False when that cannot be: it will be tried again.</param>
    public void Start(Func<bool> wake) => _timer = time.CreateTimer(_ => Ring(wake), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Wrote()
    {
        _last = time.GetTimestamp();
        if (_first == 0) _first = _last;
        if (!_set) Again();
    }

    /// <returns>Whether the log is to be copied now.</returns>
    public bool Rang()
    {
        _set = false;
        if (time.GetElapsedTime(_last) < Pause && time.GetElapsedTime(_first) < Patience) return false;
        _first = 0;
        return true;
    }

    public void Again()
    {
        _set = true;
        _timer!.Change(Delay, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer?.Dispose();

    private void Ring(Func<bool> wake)
    {
        if (!wake()) _timer!.Change(Delay, Timeout.InfiniteTimeSpan); // the queue is full, or closed
    }
}
