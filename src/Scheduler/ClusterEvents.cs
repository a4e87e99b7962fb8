namespace Coxswain.Scheduler;

/// <summary>Changes that can make room for a Pod that found none.</summary>
[Flags]
internal enum ClusterEvents
{
    None = 0,
    NodeAdded = 1,
    NodeAllocatable = 2,
    NodeLabels = 4,
    /// <summary>Taints, and <c>spec.unschedulable</c>.</summary>
    NodeTaints = 8,
    /// <summary>A Pod left its node, or finished.</summary>
    PodRemoved = 16,
}
