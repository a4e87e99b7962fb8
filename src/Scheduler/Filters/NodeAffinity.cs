using Coxswain.Api;

namespace Coxswain.Scheduler;

/// <summary>nodeSelector and the required node affinity.</summary>
internal sealed class NodeAffinity : IFilter
{
    private static readonly Rejection No = Rejection.Final("node(s) didn't match Pod's node affinity/selector");

    /// <summary>For nodes that are not among those the Pod names, and so are not even looked at.</summary>
    public static Rejection NotNamed { get; } = Rejection.Final("node(s) didn't satisfy plugin(s) [NodeAffinity]") with { HelpedBy = ClusterEvents.NodeAdded | ClusterEvents.NodeLabels };

    public ClusterEvents HelpedBy => ClusterEvents.NodeAdded | ClusterEvents.NodeLabels;

    public Rejection? Check(PodInfo pod, NodeInfo node) => NodeSelection.Matches(pod.Pod.Spec, node.Node!) ? null : No;
}
