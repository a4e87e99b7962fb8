using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Faults;

/// <summary>SIGKILL of the node's containerd; the server starts another.</summary>
internal sealed class ContainerdKilled : IFault
{
    private static readonly TimeSpan BackLimit = TimeSpan.FromSeconds(60);

    public string Name => "containerd-killed";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var pid = await Victims.ContainerdAsync(cluster, ct);
        SystemCalls.Signal(pid, SystemCalls.Kill);
        var hit = new Hit($"containerd {pid}");
        await Waits.UntilAsync(() => cluster.Processes.Containerd() is { } now && now != pid ? null : "no new containerd", BackLimit, ct);
        return hit;
    }
}
