namespace Coxswain.Api;

/// <summary>Reckons with times that come from outside.</summary>
public static class TimeExtensions
{
    /// <summary>So many seconds later (or earlier, below zero). What lies beyond all times becomes the last, or the first.</summary>
    public static DateTime PlusSeconds(this DateTime time, long seconds)
    {
        if (seconds > (DateTime.MaxValue - time).TotalSeconds) return new DateTime(DateTime.MaxValue.Ticks, time.Kind);
        return seconds < (DateTime.MinValue - time).TotalSeconds ? new DateTime(0, time.Kind) : time.AddSeconds(seconds);
    }
}
