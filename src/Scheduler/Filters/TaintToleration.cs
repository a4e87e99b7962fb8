using Coxswain.Api;

namespace Coxswain.Scheduler;

/// <summary>Every taint that forbids scheduling or running must be tolerated.</summary>
internal sealed class TaintToleration : IFilter
{
    private static readonly Rejection No = Rejection.Final("node(s) had untolerated taint(s)");

    public ClusterEvents HelpedBy => ClusterEvents.NodeAdded | ClusterEvents.NodeTaints;

    public Rejection? Check(PodInfo pod, NodeInfo node) =>
        Taints.FirstUntolerated(node.Node!.Spec?.Taints, pod.Pod.Spec.Tolerations, Taints.NoSchedule, Taints.NoExecute) is null ? null : No;
}
