namespace Coxswain.Scheduler;

/// <summary>A Pod that names its node goes nowhere else.</summary>
internal sealed class NodeName : IFilter
{
    private static readonly Rejection No = Rejection.Final("node(s) didn't match the requested node name");

    public ClusterEvents HelpedBy => ClusterEvents.NodeAdded;

    public Rejection? Check(PodInfo pod, NodeInfo node) =>
        string.IsNullOrEmpty(pod.Pod.Spec.NodeName) || pod.Pod.Spec.NodeName == node.Name ? null : No;
}
