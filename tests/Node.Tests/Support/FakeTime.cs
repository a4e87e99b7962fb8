namespace Coxswain.Node.Tests;

/// <summary>Time that moves only when told to. Timers that fall due run on the caller of <see cref="Advance"/>, in order.</summary>
internal sealed class FakeTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = []; // under _lock
    private TimeSpan _set; // by how much the clock was set
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override DateTimeOffset GetUtcNow() { lock (_lock) return _now + _set; }
    public override long GetTimestamp() { lock (_lock) return _now.Ticks; }

    /// <summary>Sets what the clock reads; no time goes by.</summary>
    public void Set(TimeSpan by) { lock (_lock) _set += by; }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        DateTimeOffset until;
        lock (_lock) until = _now + by;
        while (true)
        {
            Timer? due;
            lock (_lock)
            {
                due = _timers.Where(t => t.Due <= until).MinBy(t => t.Due);
                _now = due?.Due > _now ? due.Due!.Value : due is null ? until : _now;
                due?.Reschedule();
                if (due is null) return;
            }
            due.Fire();
        }
    }

    private sealed class Timer(FakeTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        public DateTimeOffset? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                _period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
                time._timers.Remove(this);
                if (Due is not null) time._timers.Add(this);
            }
            return true;
        }

        // Under the lock.
        public void Reschedule()
        {
            if (_period > TimeSpan.Zero) Due += _period;
            else
            {
                Due = null;
                time._timers.Remove(this);
            }
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (time._lock) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
