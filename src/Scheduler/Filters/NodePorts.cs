namespace Coxswain.Scheduler;

/// <summary>Host ports are taken once.</summary>
internal sealed class NodePorts : IFilter
{
    private static readonly Rejection No = Rejection.Resolvable("node(s) didn't have free ports for the requested pod ports");

    public ClusterEvents HelpedBy => ClusterEvents.NodeAdded | ClusterEvents.PodRemoved;

    public Rejection? Check(PodInfo pod, NodeInfo node)
    {
        foreach (var port in pod.HostPorts) if (node.HasConflict(port)) return No;
        return null;
    }
}
