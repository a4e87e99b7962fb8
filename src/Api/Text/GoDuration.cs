using System.Buffers;
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

    /// <summary>What is wrong with a text that <see cref="TryParse"/> refused, in the words of Go's <c>time.ParseDuration</c>.</summary>
    public static string Fault(string text)
    {
        var rest = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
        while (!rest.IsEmpty)
        {
            var number = rest.IndexOfAnyExcept(Digits) is >= 0 and var end ? end : rest.Length;
            if (number < rest.Length && rest[number] == '.')
            {
                var decimals = rest[(number + 1)..].IndexOfAnyExcept(Digits) is >= 0 and var last ? last : rest.Length - number - 1;
                if (number + decimals == 0) break; // a dot alone
                number += 1 + decimals;
            }
            if (number == 0) break;
            rest = rest[number..];
            var unit = rest.IndexOfAny(DigitsAndDot) is >= 0 and var next ? next : rest.Length;
            if (unit == 0) return $"time: missing unit in duration {GoText.Quote(text)}";
            if (TicksPer(rest[..unit]) is null)
                return $"time: unknown unit {GoText.Quote(rest[..unit].ToString())} in duration {GoText.Quote(text)}";
            rest = rest[unit..];
        }
        return $"time: invalid duration {GoText.Quote(text)}";
    }

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");
    private static readonly SearchValues<char> DigitsAndDot = SearchValues.Create("0123456789.");

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
