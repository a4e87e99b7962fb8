using Coxswain.Soak.Clusters;
using Coxswain.Soak.Load;

namespace Coxswain.Soak.Faults;

/// <summary>Chooses among what runs. Short-lived Pods are nobody's victim.</summary>
internal static class Victims
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<int> ContainerdAsync(SoakCluster cluster, CancellationToken ct)
    {
        await Waits.UntilAsync(() => cluster.Processes.Containerd() is null ? "no containerd runs" : null, Limit, ct);
        return cluster.Processes.Containerd() ?? throw new SoakException("containerd has ended by itself");
    }

    /// <summary>A random Pod of the workload with the process that keeps it.</summary>
    public static (PodState Pod, Shim Shim) Pod(SoakCluster cluster, Random random)
    {
        PodState[] pods = [.. cluster.Workload.Expected.Values.OrderBy(p => p.Name, StringComparer.Ordinal)];
        var pod = pods[random.Next(pods.Length)];
        var shim = cluster.Processes.Shims().FirstOrDefault(s => s.Containers.ContainsKey(pod.Container));
        return shim is null ? throw new SoakException($"no process of {pod.Describe()}, though nothing was done to it") : (pod, shim);
    }
}
