using Coxswain.Node.Pods;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Runtime;
using Coxswain.Node.Volumes;

namespace Coxswain.Node;

/// <summary>Takes away what a node's Pods leave on the machine beyond their containers, once those are gone for good (<c>cox down</c>).</summary>
public static class NodeCleanup
{
    /// <summary>Ends and removes a node's Pods in a runtime that others may use too: nothing else in it is touched.</summary>
    /// <exception cref="RuntimeException">The runtime does not answer, or cannot end one of them.</exception>
    public static async Task EndPodsAsync(IRuntime runtime, string dataDirectory, CancellationToken ct)
    {
        var own = (await runtime.ListSandboxesAsync(null, ct)).Where(s => PodLabels.AreOf(s.Labels, dataDirectory)).ToList();
        await Parallel.ForEachAsync(own, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }, async (sandbox, token) =>
        {
            await runtime.StopSandboxAsync(sandbox.Id, token);
            await runtime.RemoveSandboxAsync(sandbox.Id, token);
        });
    }

    /// <summary>Unmounts and removes the Pods' volumes and files, and their cgroups. Logs stay.</summary>
    public static void Run(string dataDirectory, string? cgroupRoot)
    {
        var pods = new PodPaths(dataDirectory).Pods;
        new LinuxMounter().UnmountUnder(pods);
        if (Directory.Exists(pods)) Directory.Delete(pods, recursive: true);
        if (cgroupRoot is not { Length: > 1 }) return;
        foreach (var root in CgroupNames.Roots(cgroupRoot)) PodCgroup.Remove(root);
    }
}
