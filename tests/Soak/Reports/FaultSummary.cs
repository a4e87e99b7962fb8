namespace Coxswain.Soak.Reports;

/// <summary>One fault over all its rounds; seconds from the fault until all was well.</summary>
internal sealed record FaultSummary(string Fault, int Count, int Failed, double? Median, double? P99, double? Max)
{
    public static IReadOnlyList<FaultSummary> Of(IEnumerable<RoundResult> rounds) =>
        [.. rounds.GroupBy(r => r.Fault).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g =>
        {
            double[] times = [.. g.Where(r => r.Recovery is not null).Select(r => r.Recovery!.Value.TotalSeconds)];
            return new FaultSummary(g.Key, g.Count(), g.Count(r => r.Findings > 0), Percentiles.Of(times, 0.5), Percentiles.Of(times, 0.99),
                Percentiles.Of(times, 1));
        })];
}
