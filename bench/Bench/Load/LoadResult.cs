namespace Coxswain.Bench.Load;

/// <summary>How a load went.</summary>
/// <param name="P50">Milliseconds, as the next.</param>
internal readonly record struct LoadResult(double PerSecond, double P50, double P99)
{
    /// <summary>The middle one by rate.</summary>
    public static LoadResult Median(IEnumerable<LoadResult> results)
    {
        var sorted = results.OrderBy(r => r.PerSecond).ToArray();
        return sorted[sorted.Length / 2];
    }

    public override string ToString() => $"{Figures.Rate(PerSecond)}, p99 {Figures.Ms(P99)}";
}
