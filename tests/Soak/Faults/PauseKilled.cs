using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Faults;

/// <summary>SIGKILL of the process that keeps a Pod's sandbox.</summary>
internal sealed class PauseKilled : IFault
{
    public string Name => "pause-killed";

    public Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var (pod, shim) = Victims.Pod(cluster, random);
        var pid = shim.Pause;
        if (pid == 0 || !SystemCalls.Signal(pid, SystemCalls.Kill))
            throw new SoakException($"no pause process to kill in {pod.Describe()}");
        return Task.FromResult(new Hit($"pause process {pid} of {pod.Name}", pod.Name) { MustRestart = true });
    }
}
