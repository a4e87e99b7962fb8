using System.Globalization;

namespace Coxswain.Node.Runtime;

/// <summary>Durations as Go prints them (<c>1.5s</c>, <c>1m0s</c>): runtimes put them into their messages.</summary>
internal static class GoDuration
{
    public static string Format(TimeSpan d)
    {
        if (d == TimeSpan.Zero) return "0s";
        if (d < TimeSpan.FromMilliseconds(1)) return Number(d.TotalMicroseconds) + "µs";
        if (d < TimeSpan.FromSeconds(1)) return Number(d.TotalMilliseconds) + "ms";
        var seconds = Number(d.TotalSeconds % 60) + "s";
        if (d < TimeSpan.FromMinutes(1)) return seconds;
        return d < TimeSpan.FromHours(1) ? $"{(int)d.TotalMinutes}m{seconds}" : $"{(int)d.TotalHours}h{d.Minutes}m{seconds}";
    }

    private static string Number(double value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
