namespace Coxswain.Scheduler;

/// <summary>CPU and memory used in like proportion: neither should be left over when the other is gone.</summary>
internal sealed class BalancedAllocation : IScorer
{
    public int Weight => 1;

    public long Score(PodInfo pod, NodeInfo node)
    {
        var cpu = Share(node.Requested.Cpu + pod.Requests.Cpu, node.Allocatable.Cpu);
        var memory = Share(node.Requested.Memory + pod.Requests.Memory, node.Allocatable.Memory);
        return (long)((1 - Math.Abs(cpu - memory) / 2) * Scores.Max);
    }

    private static double Share(long taken, long total) => total <= 0 ? 1 : Math.Min(1, (double)taken / total);
}
