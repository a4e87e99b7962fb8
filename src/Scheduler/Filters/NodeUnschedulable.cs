using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Scheduler;

/// <summary>A cordoned node takes only Pods that tolerate just that.</summary>
internal sealed class NodeUnschedulable : IFilter
{
    private static readonly Rejection No = Rejection.Final("node(s) were unschedulable");
    private static readonly V1Taint Taint = new() { Key = Taints.Unschedulable, Effect = Taints.NoSchedule };

    public ClusterEvents HelpedBy => ClusterEvents.NodeAdded | ClusterEvents.NodeTaints;

    public Rejection? Check(PodInfo pod, NodeInfo node) =>
        node.Node!.Spec?.Unschedulable == true && !Taints.Tolerated(Taint, pod.Pod.Spec.Tolerations) ? No : null;
}
