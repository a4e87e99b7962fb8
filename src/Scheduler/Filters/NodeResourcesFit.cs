namespace Coxswain.Scheduler;

/// <summary>What the Pod requests must still be free on the node.</summary>
internal sealed class NodeResourcesFit : IFilter
{
    public ClusterEvents HelpedBy => ClusterEvents.NodeAdded | ClusterEvents.NodeAllocatable | ClusterEvents.PodRemoved;

    public Rejection? Check(PodInfo pod, NodeInfo node)
    {
        var (wanted, total, taken) = (pod.Requests, node.Allocatable, node.Requested);
        if (node.PodCount + 1 <= total.Pods && (wanted.IsEmpty || (wanted.Extended is null
            && wanted.Cpu <= total.Cpu - taken.Cpu && wanted.Memory <= total.Memory - taken.Memory && wanted.EphemeralStorage <= total.EphemeralStorage - taken.EphemeralStorage))) return null;
        return Explain(pod, node);
    }

    private static Rejection? Explain(PodInfo pod, NodeInfo node)
    {
        var (reasons, isFinal) = (new List<string>(), false);
        if (node.PodCount + 1 > node.Allocatable.Pods) reasons.Add("Too many pods");
        Compare("cpu");
        Compare("memory");
        Compare("ephemeral-storage");
        foreach (var name in pod.Requests.Extended?.Keys ?? Enumerable.Empty<string>()) Compare(name);
        return reasons.Count == 0 ? null : new Rejection(reasons, isFinal);

        void Compare(string name)
        {
            var (wanted, total) = (pod.Requests.Get(name), node.Allocatable.Get(name));
            if (wanted == 0 || wanted <= total - node.Requested.Get(name)) return;
            reasons.Add($"Insufficient {name}");
            isFinal |= wanted > total;
        }
    }
}
