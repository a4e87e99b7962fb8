using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Faults;

/// <summary>SIGKILL of a container's main process.</summary>
internal sealed class ContainerKilled : IFault
{
    public string Name => "container-killed";

    public Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var (pod, shim) = Victims.Pod(cluster, random);
        var pid = shim.Containers[pod.Container];
        if (pid == 0 || !SystemCalls.Signal(pid, SystemCalls.Kill)) throw new SoakException($"no process to kill in {pod.Describe()}");
        return Task.FromResult(new Hit($"process {pid} of {pod.Name}", pod.Name) { MustRestart = true });
    }
}
