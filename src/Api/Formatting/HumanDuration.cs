using System.Globalization;

namespace Coxswain.Api;

/// <summary>Ages as kubectl's columns show them: two units at most, fewer the longer the time.</summary>
public static class HumanDuration
{
    /// <summary>The time from <paramref name="since"/> to <paramref name="now"/>, or <c>&lt;unknown&gt;</c>.</summary>
    public static string Since(DateTime? since, DateTime now) => since is { } s ? Format(now - s) : "<unknown>";

    public static string Format(TimeSpan duration)
    {
        var seconds = (long)duration.TotalSeconds;
        if (seconds < -1) return "<invalid>"; // clocks may differ by a second, not more
        if (seconds < 0) return "0s";
        if (seconds < 2 * 60) return Unit(seconds, "s");
        var minutes = seconds / 60;
        if (minutes < 10) return Units(minutes, "m", seconds % 60, "s");
        if (minutes < 3 * 60) return Unit(minutes, "m");
        var hours = minutes / 60;
        if (hours < 8) return Units(hours, "h", minutes % 60, "m");
        if (hours < 48) return Unit(hours, "h");
        var days = hours / 24;
        if (days < 8) return Units(days, "d", hours % 24, "h");
        if (days < 2 * 365) return Unit(days, "d");
        return days < 8 * 365 ? Units(days / 365, "y", days % 365, "d") : Unit(days / 365, "y");
    }

    private static string Unit(long value, string unit) => value.ToString(CultureInfo.InvariantCulture) + unit;

    private static string Units(long big, string bigUnit, long small, string smallUnit) =>
        small == 0 ? Unit(big, bigUnit) : Unit(big, bigUnit) + Unit(small, smallUnit);
}
