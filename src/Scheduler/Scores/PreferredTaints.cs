using Coxswain.Api;

namespace Coxswain.Scheduler;

/// <summary>Fewer untolerated PreferNoSchedule taints are better.</summary>
internal sealed class PreferredTaints : IScorer
{
    public int Weight => 3;

    public long Score(PodInfo pod, NodeInfo node)
    {
        if (node.Node!.Spec?.Taints is not { Count: > 0 } taints) return 0;
        var count = 0;
        foreach (var taint in taints)
        {
            if (taint.Effect == Taints.PreferNoSchedule && !Taints.Tolerated(taint, pod.Pod.Spec.Tolerations)) count++;
        }
        return count;
    }

    public void Normalize(Span<long> scores) => Scores.Scale(scores, reverse: true);
}
