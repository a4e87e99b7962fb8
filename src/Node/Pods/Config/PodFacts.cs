namespace Coxswain.Node.Pods.Config;

/// <summary>What the node knows of a Pod that its API object may not say yet.</summary>
/// <param name="Allocatable">The node's, by resource name in whole units.</param>
internal sealed record PodFacts(IReadOnlyList<string> PodIps, IReadOnlyList<string> HostIps, IReadOnlyDictionary<string, decimal> Allocatable);
