namespace Coxswain.Soak.Reports;

/// <summary>Of a handful of values or a million.</summary>
internal static class Percentiles
{
    /// <returns>The smallest value that this share of all is not above, rounded to two digits; null when there is none.</returns>
    public static double? Of(IReadOnlyList<double> values, double share)
    {
        if (values.Count == 0) return null;
        double[] sorted = [.. values.Order()];
        return Math.Round(sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * share) - 1, 0, sorted.Length - 1)], 2);
    }
}
