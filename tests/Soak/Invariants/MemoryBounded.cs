using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Invariants;

/// <summary>The server's memory stays under its bound, and is at the end of the run about what it was at the start.</summary>
internal sealed class MemoryBounded : IInvariant
{
    /// <summary>Below this difference nothing is concluded: a heap breathes.</summary>
    private const long Slack = 64L << 20;

    private readonly List<long> _samples = [];

    public long First => _samples.FirstOrDefault();
    public long Last => _samples.LastOrDefault();
    public long Peak { get; private set; }

    public Task CheckAsync(SoakCluster cluster, CancellationToken ct)
    {
        var pid = cluster.Server.Pid;
        if (ProcessFigures.Resident(pid) is { } now) _samples.Add(now);
        if (ProcessFigures.PeakResident(pid) is { } peak)
        {
            Peak = Math.Max(Peak, peak);
            if (peak > cluster.Options.MostResident)
                cluster.Findings.Add(Invariant.Memory,
                    $"the server had {Texts.Mebibytes(peak)} MiB in memory, more than {Texts.Mebibytes(cluster.Options.MostResident)}");
        }
        return Task.CompletedTask;
    }

    /// <summary>At the end: whether it grew from round to round, restarts and all.</summary>
    public void CheckGrowth(Findings findings)
    {
        if (_samples.Count < 9) return; // too few to tell
        var third = _samples.Count / 3;
        var (early, late) = (Median(_samples.Take(third)), Median(_samples.TakeLast(third)));
        if (late > early + (early / 2) + Slack)
            findings.Add(Invariant.Memory,
                $"the median of the last third of rounds is {Texts.Mebibytes(late)} MiB, of the first {Texts.Mebibytes(early)}");
    }

    private static long Median(IEnumerable<long> values)
    {
        long[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
