namespace Coxswain.Api;

/// <summary>
/// Notices that the machine's clock was set, by comparing it with the steady one whenever it is asked. For ten minutes after that it still knows
/// what the clock would read had it not been set: what was made by the old reading is not out of time before it could be made anew.
/// Safe for many callers.
/// </summary>
public sealed class ClockWatch
{
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(1), Memory = TimeSpan.FromMinutes(10);
    private const int MostRemembered = 4; // of a clock that is set to and fro

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly List<(TimeSpan Ahead, TimeSpan Until)> _earlier = []; // under _lock, as all below; the newest first
    private TimeSpan _ahead; // of the steady clock
    private bool _set;

    public ClockWatch(TimeProvider time)
    {
        _time = time;
        _ahead = Ahead();
    }

    /// <summary>Whether the clock was set since this was last asked.</summary>
    public bool WasSet()
    {
        lock (_lock)
        {
            Look();
            var set = _set;
            _set = false;
            return set;
        }
    }

    /// <summary>What the clock reads; then, newest first, what it would read had it not been set within the last minutes.</summary>
    public IReadOnlyList<DateTimeOffset> Readings()
    {
        lock (_lock)
        {
            Look();
            var now = _time.GetUtcNow();
            return [now, .. _earlier.Select(earlier => now + (earlier.Ahead - _ahead))];
        }
    }

    private void Look()
    {
        var (ahead, steady) = (Ahead(), _time.Steady());
        _earlier.RemoveAll(earlier => earlier.Until <= steady);
        if ((ahead - _ahead).Duration() < Noticeable) return;
        if (_earlier.Count == MostRemembered) _earlier.RemoveAt(MostRemembered - 1);
        _earlier.Insert(0, (_ahead, steady + Memory));
        (_ahead, _set) = (ahead, true);
    }

    private TimeSpan Ahead() => TimeSpan.FromTicks(_time.GetUtcNow().UtcTicks) - _time.Steady();
}
