namespace Coxswain.Node.Probes;

/// <summary>What a running container's probes say.</summary>
/// <param name="Started">The startup probe has succeeded, or there is none.</param>
/// <param name="Ready">Started, and the readiness probe's last word was yes, or there is none.</param>
/// <param name="Failed"><c>liveness</c> or <c>startup</c>: the container is to be restarted.</param>
/// <param name="Grace">With <paramref name="Failed"/>: the probe's own grace period, if it has one.</param>
internal readonly record struct ProbeVerdict(bool Started, bool Ready, string? Failed = null, TimeSpan? Grace = null);
