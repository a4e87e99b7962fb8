using Coxswain.Node.Pods;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Images;

/// <summary>
/// Removes images that no container uses when their disk is nearly full: above 85 % until it is at 80 %, those unused for longest first. Imported and platform
/// images are pinned and stay.
/// </summary>
internal sealed partial class ImageCollector(NodeServices node, Func<string, double?> usage, ILogger logger)
{
    private const double High = 0.85, Low = 0.80;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5), MinimumAge = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, DateTimeOffset> _lastUsed = [];

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Period, node.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                try { await CollectAsync(ct); }
                catch (RuntimeException e) { LogFailed(e.Description); }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    /// <returns>How many were removed.</returns>
    public async Task<int> CollectAsync(CancellationToken ct)
    {
        var unused = await UnusedAsync(ct);
        var disk = (await node.Runtime.GetImageFileSystemAsync(ct)).MountPoint;
        if (usage(disk) is not > High) return 0;
        var removed = 0;
        foreach (var image in unused)
        {
            if (usage(disk) is not > Low) break;
            await node.Runtime.RemoveImageAsync(image.Id, ct);
            LogRemoved(image.RepoTags.Count > 0 ? image.RepoTags[0] : image.Id);
            removed++;
        }
        return removed;
    }

    private async Task<List<ImageInfo>> UnusedAsync(CancellationToken ct)
    {
        var now = node.Time.GetUtcNow();
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

    /// <summary>The part of a disk that is taken; null when it cannot be told.</summary>
    public static double? DiskUsage(string mountPoint)
    {
        try
        {
            var drive = new DriveInfo(mountPoint);
            return drive.TotalSize > 0 ? 1 - (double)drive.AvailableFreeSpace / drive.TotalSize : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException) { return null; }
    }

    [LoggerMessage(EventId = 3601, Level = LogLevel.Information, Message = "Image {Image} removed: the disk is nearly full and nothing uses it")]
    private partial void LogRemoved(string image);

    [LoggerMessage(EventId = 3602, Level = LogLevel.Warning, Message = "Images could not be collected: {Why}")]
    private partial void LogFailed(string why);
}
