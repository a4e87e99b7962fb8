using Coxswain.Node.Cri;
using Coxswain.Node.Linux;
using Coxswain.Node.Pods;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Runtime;
using Coxswain.Node.Volumes;

namespace Coxswain.Node;

/// <summary>Takes away what a node's Pods leave on the machine beyond their containers, once those are gone for good (<c>cox down</c>).</summary>
public static class NodeCleanup
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    /// <summary>What containerd makes may be somebody else's and take its time.</summary>
    private static readonly TimeSpan MakingLimit = TimeSpan.FromSeconds(5);

    /// <summary>Ends and removes a node's Pods in a containerd that others may use too: nothing else in it is touched.</summary>
    /// <remarks>
    /// The agent may have been ended while containerd made a sandbox or a container: such a one cannot be removed yet, or only shows up a moment later, even when its
    /// sandbox is gone. So this waits until nothing is being made, and looks again until nothing of the node's is on record.
    /// </remarks>
    /// <exception cref="RuntimeException">The runtime does not answer, or cannot end one of them.</exception>
    public static async Task EndPodsAsync(CriRuntime runtime, string dataDirectory, TimeProvider time, CancellationToken ct)
    {
        await Settle.UntilAsync(async () => !await runtime.IsMakingAsync(ct), MakingLimit, time, ct);
        RuntimeException? last = null;
        var left = 0;
        if (!await Settle.UntilAsync(EndAsync, Limit, time, ct)) throw last ?? new RuntimeException(RuntimeErrorCode.DeadlineExceeded, $"{left} containers of this cluster's Pods stay");

        async Task<bool> EndAsync()
        {
            last = null;
            var sandboxes = await runtime.ListSandboxesAsync(null, ct);
            await EachAsync(sandboxes, s => s.Labels, async (sandbox, token) => await runtime.StopSandboxAsync(sandbox.Id, token));
            await EachAsync(await runtime.ListContainersAsync(null, ct), c => c.Labels, async (container, token) => await runtime.RemoveContainerAsync(container.Id, token));
            await EachAsync(sandboxes, s => s.Labels, async (sandbox, token) => await runtime.RemoveSandboxAsync(sandbox.Id, token));
            left = (await runtime.ListRecordsAsync(ct)).Count(labels => PodLabels.AreOf(labels, dataDirectory));
            return left == 0;
        }

        Task EachAsync<T>(IEnumerable<T> all, Func<T, IReadOnlyDictionary<string, string>> labels, Func<T, CancellationToken, ValueTask> end) =>
            Parallel.ForEachAsync(all.Where(one => PodLabels.AreOf(labels(one), dataDirectory)), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }, async (one, token) =>
            {
                try { await end(one, token); }
                catch (RuntimeException e) { last = e; }
            });
    }

    /// <summary>
    /// Removes a directory in which containers may have left anything: names that are no text, trees of any depth. What is mounted in it is
    /// not entered.
    /// </summary>
    /// <exception cref="IOException">Something stays; the message says what, and what to do.</exception>
    public static void RemoveDirectory(string directory) => TreeRemoval.Remove(directory, CancellationToken.None);

    /// <summary>Unmounts and removes the Pods' volumes and files, and their cgroups. Logs stay.</summary>
    public static void Run(string dataDirectory, string? cgroupRoot)
    {
        var pods = new PodPaths(dataDirectory).Pods;
        if (cgroupRoot is { Length: > 1 })
        {
            foreach (var root in CgroupNames.Roots(cgroupRoot)) PodCgroup.Remove(root);
        }
        new LinuxMounter().UnmountUnder(pods);
        RemoveDirectory(pods);
    }
}
