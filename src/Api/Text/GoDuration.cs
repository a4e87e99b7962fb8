using System.Globalization;

namespace Coxswain.Api;

/// <summary>Durations as Go reads and prints them: <c>300ms</c>, <c>1.5s</c>, <c>1h30m0s</c>.</summary>
public static class GoDuration
{
    /// <summary>Every number needs a unit (ns, us, µs, ms, s, m, h), except a lone 0. Precision is 100 ns.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (string.IsNullOrEmpty(text)) return false;
        if (text == "0") return true;
        var negative = text[0] == '-';
        var i = text[0] is '-' or '+' ? 1 : 0;
        if (i == text.Length) return false;
        decimal ticks = 0;
        while (i < text.Length)
        {
            var start = i;
            while (i < text.Length && (char.IsAsciiDigit(text[i]) || text[i] == '.')) i++;
            if (!decimal.TryParse(text.AsSpan(start, i - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
            start = i;
            while (i < text.Length && !char.IsAsciiDigit(text[i]) && text[i] != '.') i++;
            if (TicksPer(text.AsSpan(start, i - start)) is not { } unit) return false;
            if (number > 1_000_000_000_000) return false;
            ticks += number * unit;
        }
        if (ticks > long.MaxValue) return false;
        duration = TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
        return true;
    }

    /// <summary>As Go prints it: runtimes and messages speak so. From a second on every smaller unit is named, too: <c>1m0s</c>.</summary>
    /// <param name="duration">Zero or more.</param>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        if (duration < TimeSpan.FromMilliseconds(1)) return Number(duration.TotalMicroseconds) + "µs";
        if (duration < TimeSpan.FromSeconds(1)) return Number(duration.TotalMilliseconds) + "ms";
        var seconds = Number(duration.TotalSeconds % 60) + "s";
        if (duration < TimeSpan.FromMinutes(1)) return seconds;
        return duration < TimeSpan.FromHours(1) ? $"{(int)duration.TotalMinutes}m{seconds}" : $"{(int)duration.TotalHours}h{duration.Minutes}m{seconds}";
    }

    private static string Number(double value) => value.ToString("0.#########", CultureInfo.InvariantCulture);

    private static decimal? TicksPer(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 0.01m,
        "us" or "µs" or "μs" => 10,
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        _ => null,
    };
}
