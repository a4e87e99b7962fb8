namespace Coxswain.Scheduler;

/// <summary>The emptier the better.</summary>
internal sealed class LeastAllocated : IScorer
{
    public int Weight => 1;

    public long Score(PodInfo pod, NodeInfo node) =>
        (Free(node.ScoringCpu + pod.ScoringCpu, node.Allocatable.Cpu) + Free(node.ScoringMemory + pod.ScoringMemory, node.Allocatable.Memory)) / 2;

    private static long Free(long taken, long total) => total <= 0 || taken > total ? 0 : (long)((Int128)(total - taken) * Scores.Max / total);
}
