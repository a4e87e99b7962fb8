using System.Globalization;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Pods;

/// <summary>At the agent's start: what the runtime and the disk hold of Pods that are no more.</summary>
internal static partial class OrphanSweep
{
    /// <summary>Everything of this node that the runtime holds, by Pod uid.</summary>
    public static async Task<Dictionary<string, PodView>> FindAsync(NodeServices node, CancellationToken ct)
    {
        var own = new Dictionary<string, string> { [PodLabels.Node] = node.InstanceLabel };
        var sandboxes = await node.Runtime.ListSandboxesAsync(new SandboxFilter { Labels = own }, ct);
        var containers = await node.Runtime.ListContainersAsync(new ContainerFilter { Labels = own }, ct);
        var uids = sandboxes.Select(s => s.Metadata.Uid).Concat(containers.Select(c => c.Labels[PodLabels.PodUid])).Distinct();
        var views = await Task.WhenAll(uids.Select(async uid => (uid, View: await PodView.ReadAsync(node.Runtime,
            sandboxes.Where(s => s.Metadata.Uid == uid).Select(s => s.Id), containers.Where(c => c.Labels[PodLabels.PodUid] == uid).Select(c => c.Id), ct))));
        return views.ToDictionary(v => v.uid, v => v.View);
    }

    /// <summary>Ends and removes Pods that nobody wants; one that resists is left to the next start and holds up nobody.</summary>
    public static Task RunAsync(NodeServices node, Dictionary<string, PodView> orphans, PodManager pods, ILogger logger, CancellationToken ct) =>
        Task.WhenAll(orphans.Where(o => pods.Find(o.Key) is null).Select(o => TryAsync(o.Key, () => EndAsync(node, o.Key, o.Value, ct), logger)));

    /// <summary>Whether it is a static Pod from a URL.</summary>
    public static bool IsFromUrl(PodView view) => view.Sandboxes.Any(s => s.Summary.Annotations.TryGetValue(PodLabels.ConfigSource, out var source) && source == "http");

    /// <summary>The files of Pods that are only files any more.</summary>
    public static async Task RemoveFilesAsync(NodeServices node, PodManager pods, ILogger logger, CancellationToken ct)
    {
        if (!node.Options.Materialize || !Directory.Exists(node.Paths.Pods)) return;
        foreach (var uid in Directory.EnumerateDirectories(node.Paths.Pods).Select(d => Path.GetFileName(d)).Where(uid => pods.Find(uid) is null))
        {
            await TryAsync(uid, () =>
            {
                PodFiles.Remove(node, uid, LogDirectories(node, uid).FirstOrDefault(), ct);
                return Task.CompletedTask;
            }, logger);
        }
    }

    private static async Task TryAsync(string uid, Func<Task> end, ILogger logger)
    {
        try { await end(); }
        catch (Exception e) when (e is RuntimeException or IOException or UnauthorizedAccessException) { LogStays(logger, uid, e.Message); }
    }

    private static async Task EndAsync(NodeServices node, string uid, PodView view, CancellationToken ct)
    {
        await Task.WhenAll(view.Containers.Where(c => c.State == ContainerState.Running).Select(c => node.Runtime.StopContainerAsync(c.Id, GraceOf(c), ct)));
        foreach (var sandbox in view.Sandboxes)
        {
            await node.Runtime.StopSandboxAsync(sandbox.Id, ct);
            await node.Runtime.RemoveSandboxAsync(sandbox.Id, ct);
        }
        foreach (var container in view.Containers) await node.Runtime.RemoveContainerAsync(container.Id, ct);
        PodFiles.Remove(node, uid, LogDirectories(node, uid).FirstOrDefault(), ct);
        if (node.Options is { Materialize: true, CgroupRoot: { Length: > 0 } root }) PodCgroup.Remove(CgroupNames.OfPod(root, uid, node.CgroupDriver));
    }

    private static TimeSpan GraceOf(ContainerStatus container) =>
        container.Annotations.TryGetValue(PodLabels.PodGracePeriod, out var text) && long.TryParse(text, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Max(1, seconds))
            : TimeSpan.FromSeconds(1);

    private static IEnumerable<string> LogDirectories(NodeServices node, string uid) =>
        Directory.Exists(node.Paths.Logs) ? Directory.EnumerateDirectories(node.Paths.Logs, "*_" + uid) : [];

    [LoggerMessage(EventId = 3021, Level = LogLevel.Warning, Message = "What is left of the former Pod {Uid} could not be removed: {Why}")]
    private static partial void LogStays(ILogger logger, string uid, string why);
}
