namespace Coxswain.Api;

/// <summary>
/// The time that goes by, as opposed to the time of day. The machine's clock may be set at any moment, by hand or by NTP: it is good for what is
/// written and for nothing else. Waits, ages and deadlines go by this one, which nobody can set. The two have different types, so that one is not
/// taken for the other.
/// </summary>
public static class SteadyTime
{
    /// <summary>The time since some moment that stays the same for the life of the process.</summary>
    public static TimeSpan Steady(this TimeProvider time)
    {
        var (seconds, rest) = Math.DivRem(time.GetTimestamp(), time.TimestampFrequency);
        return TimeSpan.FromTicks((seconds * TimeSpan.TicksPerSecond) + (rest * TimeSpan.TicksPerSecond / time.TimestampFrequency));
    }

    /// <summary>How long ago a moment was, by the machine's clock; zero for one that is still to come.</summary>
    /// <param name="moment">UTC.</param>
    public static TimeSpan Since(this TimeProvider time, DateTime moment) =>
        time.GetUtcNow().UtcDateTime - moment is var age && age > TimeSpan.Zero ? age : TimeSpan.Zero;
}
