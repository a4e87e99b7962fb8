namespace Coxswain.ApiServer.Tests.Pipeline;

/// <summary>Stands still until told otherwise; timers fire when it passes them.</summary>
/// <param name="start">The first moment of 2026, and half a second, when null.</param>
internal sealed class FixedClock(DateTimeOffset? start = null) : TimeProvider
{
    private readonly List<Timer> _timers = []; // the lock for all that is here
    private TimeSpan _set; // by how much it was set
    private DateTimeOffset _now = start ?? new(2026, 1, 1, 0, 0, 0, 500, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_timers) return _now + _set;
    }

    public override long GetTimestamp()
    {
        lock (_timers) return _now.Ticks;
    }

    /// <summary>Sets what it reads; no time goes by.</summary>
    public void Set(TimeSpan by)
    {
        lock (_timers) _set += by;
    }

    /// <summary>How often a timer was made or set: who waits again has done what the last step was for.</summary>
    public int TimersMade { get; private set; }

    public void Advance(TimeSpan by)
    {
        Timer[] due;
        lock (_timers)
        {
            _now += by;
            due = [.. _timers.Where(t => t.Due <= _now)];
        }
        foreach (var timer in due) timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(FixedClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; } = DateTimeOffset.MaxValue;

        public void Fire()
        {
            lock (clock._timers) clock._timers.Remove(this);
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._timers)
            {
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    clock.TimersMade++;
                    Due = clock._now + dueTime;
                    clock._timers.Add(this);
                }
            }
            return true;
        }

        public void Dispose()
        {
            lock (clock._timers) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
