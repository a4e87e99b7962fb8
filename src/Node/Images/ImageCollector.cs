using Coxswain.Api;
using Coxswain.Node.NodeStatus;
using Coxswain.Node.Pods;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Images;

/// <summary>
/// Removes images that no container uses when their disk is nearly full: above 85 % until it is at 80 %, those unused for longest first. Imported and platform
/// images are pinned and stay.
/// </summary>
internal sealed partial class ImageCollector(NodeServices node, Func<string, DiskSpace?> space, ILogger logger)
{
    private const int High = 85, Low = 80; // percent of the disk
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5), MinimumAge = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, TimeSpan> _lastUsed = []; // by the steady clock

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Period, node.Time);
        try
        {
            string? failure = null;
            while (await timer.WaitForNextTickAsync(ct))
            {
                var before = failure;
                failure = await TryAsync(ct);
                if (failure is null) continue;
                LogFailed(failure);
                // Once may be chance: the runtime may just be starting.
                if (before is not null) Tell("ImageGCFailed", failure);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    private async Task<string?> TryAsync(CancellationToken ct)
    {
        try { return (await CollectAsync(ct)).Failure; }
        catch (RuntimeException e) { return e.Message; }
    }

    /// <returns>How many were removed; when that was not enough, what is to be said of it.</returns>
    public async Task<(int Removed, string? Failure)> CollectAsync(CancellationToken ct)
    {
        var unused = await UnusedAsync(ct);
        var disk = (await node.Runtime.GetImageFileSystemAsync(ct)).MountPoint;
        if (space(disk) is not { } full || full.UsedPercent < High) return (0, null);
        var (removed, freed) = (0, 0L);
        foreach (var image in unused)
        {
            if (!IsAbove(Low, disk)) break;
            await node.Runtime.RemoveImageAsync(image.Id, ct);
            LogRemoved(image.RepoTags.Count > 0 ? image.RepoTags[0] : image.Id);
            removed++;
            freed += image.Size;
        }
        if (!IsAbove(Low, disk)) return (removed, null);
        var failure = $"Insufficient free disk space on the node's image filesystem ({full.UsedPercent}% of {full.CapacityText} used). Failed to free sufficient space by deleting unused images "
            + $"(freed {freed} bytes). Investigate disk usage, as it could be used by active images, logs, volumes, or other data.";
        Tell("FreeDiskSpaceFailed", failure);
        return (removed, failure);
    }

    private bool IsAbove(int percent, string disk) => space(disk) is { } now && now.UsedPercent > percent;

    private void Tell(string reason, string message) => node.Events.Record(NodeReporter.About(node.Options.NodeName), "Warning", reason, message);

    private async Task<List<ImageInfo>> UnusedAsync(CancellationToken ct)
    {
        var now = node.Time.Steady();
        var images = await node.Runtime.ListImagesAsync(ct);
        var used = (await node.Runtime.ListContainersAsync(null, ct)).SelectMany(c => (string[])[c.Image, c.ImageRef]).ToHashSet();
        foreach (var image in images)
        {
            var inUse = used.Contains(image.Id) || image.RepoTags.Concat(image.RepoDigests).Any(used.Contains);
            if (inUse || !_lastUsed.ContainsKey(image.Id)) _lastUsed[image.Id] = now;
        }
        foreach (var gone in _lastUsed.Keys.Except(images.Select(i => i.Id)).ToList()) _lastUsed.Remove(gone);
        // One just pulled is about to be used.
        return [.. images.Where(i => !i.Pinned && now - _lastUsed[i.Id] >= MinimumAge).OrderBy(i => _lastUsed[i.Id])];
    }

    [LoggerMessage(EventId = 3601, Level = LogLevel.Information, Message = "Image {Image} removed: the disk is nearly full and nothing uses it")]
    private partial void LogRemoved(string image);

    [LoggerMessage(EventId = 3602, Level = LogLevel.Warning, Message = "Images could not be collected: {Why}")]
    private partial void LogFailed(string why);
}
