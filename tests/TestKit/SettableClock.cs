namespace Coxswain.TestKit;

/// <summary>A clock that can be set, as people and NTP do: what it reads jumps, and no time goes by. Timers and timestamps are those of the clock beneath.</summary>
public sealed class SettableClock(TimeProvider beneath) : TimeProvider
{
    private long _set; // ticks

    public override long TimestampFrequency => beneath.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => beneath.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _set));

    public override long GetTimestamp() => beneath.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => beneath.CreateTimer(callback, state, dueTime, period);

    public void Set(TimeSpan by) => Interlocked.Add(ref _set, by.Ticks);
}
