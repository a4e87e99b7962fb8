namespace Coxswain.Scheduler;

/// <summary>Where a Pod goes, or why nowhere.</summary>
/// <param name="Node">Null when no node will do.</param>
internal readonly record struct Placement(NodeInfo? Node, Diagnosis? Why);
