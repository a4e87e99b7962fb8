using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Scheduler;

/// <summary>What about a node has changed that matters to Pods that wait. Heartbeats do not.</summary>
internal static class NodeChanges
{
    public static ClusterEvents Between(V1Node old, V1Node node)
    {
        var changes = ClusterEvents.None;
        if (!SameQuantities(old.Status?.Allocatable, node.Status?.Allocatable)) changes |= ClusterEvents.NodeAllocatable;
        if (!SameLabels(old.Metadata.Labels, node.Metadata.Labels)) changes |= ClusterEvents.NodeLabels;
        if (old.Spec?.Unschedulable == true != (node.Spec?.Unschedulable == true) || !SameTaints(old.Spec?.Taints, node.Spec?.Taints)) changes |= ClusterEvents.NodeTaints;
        return changes;
    }

    private static bool SameQuantities(IDictionary<string, ResourceQuantity>? a, IDictionary<string, ResourceQuantity>? b) =>
        ReferenceEquals(a, b) || ((a?.Count ?? 0) == (b?.Count ?? 0) && (a is null || a.All(pair => b!.TryGetValue(pair.Key, out var value) && value.ToQuantity() == pair.Value.ToQuantity())));

    private static bool SameLabels(IDictionary<string, string>? a, IDictionary<string, string>? b) =>
        ReferenceEquals(a, b) || ((a?.Count ?? 0) == (b?.Count ?? 0) && (a is null || a.All(pair => b!.TryGetValue(pair.Key, out var value) && value == pair.Value)));

    private static bool SameTaints(IList<V1Taint>? a, IList<V1Taint>? b) =>
        (a?.Count ?? 0) == (b?.Count ?? 0) && (a is null || a.All(taint => b!.Any(other => other.Key == taint.Key && other.Value == taint.Value && other.Effect == taint.Effect)));
}
