using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Invariants;

/// <summary>Open files, mounts, shims and ended children are about as many as when the load had just started.</summary>
internal sealed class NothingPilesUp(SoakCluster atStart) : IInvariant
{
    /// <summary>For the short-lived Pod that comes and goes, and for connections on their way.</summary>
    private const int MountSlack = 12, HandleSlack = 150, ShimSlack = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    private readonly int _mounts = atStart.Processes.Mounts().Count;
    private readonly int _handles = ProcessFigures.Handles(atStart.Server.Pid) ?? 0;

    public async Task CheckAsync(SoakCluster cluster, CancellationToken ct)
    {
        try
        {
            await Waits.UntilAsync(() => Wrong(cluster), Limit, ct);
        }
        catch (SoakException e)
        {
            cluster.Findings.Add(Invariant.Handles, e.Message);
        }
    }

    private string? Wrong(SoakCluster cluster)
    {
        if (ProcessFigures.Handles(cluster.Server.Pid) is { } handles && handles > _handles + HandleSlack)
            return $"the server has {handles} files open, {_handles} at the start";
        var mounts = cluster.Processes.Mounts().Count;
        if (mounts > _mounts + MountSlack) return $"{mounts} mounts, {_mounts} at the start";
        var shims = cluster.Processes.Shims().Count;
        if (shims < cluster.Options.Pods || shims > cluster.Options.Pods + ShimSlack)
            return $"{shims} shims for {cluster.Options.Pods} Pods";
        var zombies = cluster.Processes.Zombies(cluster.Server.Pid);
        return zombies > 0 ? $"{zombies} ended children that nobody has asked for" : null;
    }
}
