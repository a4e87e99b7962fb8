namespace Coxswain.Bench.Load;

/// <summary>How a load went.</summary>
/// <param name="P50">Milliseconds, as the next.</param>
/// <param name="Processor">Microseconds of the server's processor time for each, where it was measured: the figure that a busy machine distorts least.</param>
internal readonly record struct LoadResult(double PerSecond, double P50, double P99, double? Processor = null)
{
    /// <summary>The middle one by rate.</summary>
    public static LoadResult Median(IEnumerable<LoadResult> results)
    {
        var sorted = results.OrderBy(r => r.PerSecond).ToArray();
        return sorted[sorted.Length / 2];
    }

    public override string ToString() => $"{Figures.Rate(PerSecond)}, p99 {Figures.Ms(P99)}{(Processor is { } each ? $", {Figures.Grouped(each)} µs of processor each" : "")}";
}
