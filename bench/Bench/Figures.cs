using System.Globalization;

namespace Coxswain.Bench;

/// <summary>Numbers as the table shows them, and the statistics behind them.</summary>
internal static class Figures
{
    /// <summary>The value that <paramref name="share"/> (0 to 1) of all do not exceed.</summary>
    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    public static double Median(IEnumerable<double> values) => Percentile(values, 0.5);

    public static string Ms(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.#} ms");

    public static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s");

    public static string Rate(double perSecond) => Grouped(perSecond) + " /s";

    public static string MegaBytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    public static string Ratio(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>Thousands apart by a space: <c>12 345</c>.</summary>
    public static string Grouped(double value) => value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' ');
}
