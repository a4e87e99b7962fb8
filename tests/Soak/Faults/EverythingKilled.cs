using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Faults;

/// <summary>SIGKILL of the server, of containerd and of one shim, in the same moment; then a new server.</summary>
internal sealed class EverythingKilled : IFault
{
    public string Name => "everything-killed";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var (pod, shim) = Victims.Pod(cluster, random);
        var containerd = await Victims.ContainerdAsync(cluster, ct);
        var server = cluster.Server.KillAsync();
        SystemCalls.Signal(containerd, SystemCalls.Kill);
        SystemCalls.Signal(shim.Pid, SystemCalls.Kill);
        await server;
        var hit = new Hit($"server, containerd {containerd}, shim {shim.Pid} of {pod.Name}", pod.Name) { MustRestart = true };
        await cluster.Server.StartAsync(ct);
        return hit;
    }
}
