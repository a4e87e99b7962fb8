namespace Coxswain.Scheduler;

/// <summary>Pods of one owner go where few of them are: one node's end should not be the end of all.</summary>
internal sealed class OwnerSpread : IScorer
{
    public int Weight => 2;

    public long Score(PodInfo pod, NodeInfo node) => pod.OwnerUid is { } owner ? node.CountOf(owner) : 0;

    public void Normalize(Span<long> scores) => Scores.Scale(scores, reverse: true);
}
