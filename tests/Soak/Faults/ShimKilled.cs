using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Faults;

/// <summary>SIGKILL of a Pod's shim, which takes its containers along.</summary>
internal sealed class ShimKilled : IFault
{
    public string Name => "shim-killed";

    public Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var (pod, shim) = Victims.Pod(cluster, random);
        var pid = shim.Pid;
        if (pid == 0 || !SystemCalls.Signal(pid, SystemCalls.Kill)) throw new SoakException($"no shim to kill in {pod.Describe()}");
        return Task.FromResult(new Hit($"shim {pid} of {pod.Name}", pod.Name) { MustRestart = true });
    }
}
