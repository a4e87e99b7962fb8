using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Scheduler;

/// <summary>A cordoned node takes only Pods that tolerate just that.</summary>
internal sealed class NodeUnschedulable : IFilter
{
    private static readonly Rejection s_no = Rejection.Final("node(s) were unschedulable");
    private static readonly V1Taint s_taint = new() { Key = Taints.Unschedulable, Effect = Taints.NoSchedule };

    public ClusterEvents HelpedBy => ClusterEvents.NodeAdded | ClusterEvents.NodeTaints;

    public Rejection? Check(PodInfo pod, NodeInfo node) =>
        node.Node!.Spec?.Unschedulable == true && !Taints.Tolerated(s_taint, pod.Pod.Spec.Tolerations) ? s_no : null;
}
