using Coxswain.Api;

namespace Coxswain.Scheduler;

/// <summary>The weights of the preferred terms that the node matches.</summary>
internal sealed class PreferredNodeAffinity : IScorer
{
    public int Weight => 2;

    public long Score(PodInfo pod, NodeInfo node)
    {
        if (!pod.HasPreferences) return 0;
        long sum = 0;
        foreach (var term in pod.Pod.Spec.Affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution)
        {
            if (NodeSelection.Matches(term.Preference, node.Node!)) sum += term.Weight;
        }
        return sum;
    }

    public void Normalize(Span<long> scores) => Scores.Scale(scores, reverse: false);
}
