using System.Globalization;
using Coxswain.Node.Linux;
using Coxswain.Node.Pods;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Logs;

/// <summary>Keeps containers' logs bounded: a file that has grown too large is renamed and the runtime told to begin another; of the old ones only the newest stay.</summary>
internal sealed partial class LogRotator(NodeServices node, Func<IReadOnlyList<PodContext>> pods, ILogger logger)
{
    private const long MaxBytes = 10 * 1024 * 1024;
    private const int MaxFiles = 5;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Period, node.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct)) await RotateAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    public async Task RotateAsync(CancellationToken ct)
    {
        foreach (var pod in pods())
            foreach (var container in pod.View.Containers.Where(c => c.State == ContainerState.Running))
                await RotateAsync(node.Paths.Log(pod.Pod, container.Name, container.RestartCountOf()), container.Id, ct);
    }

    private async Task RotateAsync(string path, string containerId, CancellationToken ct)
    {
        var name = Path.GetFileName(path);
        try
        {
            using var logs = PathHandle.TryOpenTrusted(node.Paths.Logs);
            using var directory = logs?.TryOpen(Path.GetRelativePath(node.Paths.Logs, Path.GetDirectoryName(path)!));
            if (directory is null || !IsTooLarge(directory, name)) return;
            var rotated = $"{name}.{node.Time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
            directory.Rename(name, rotated);
            try { await node.Runtime.ReopenContainerLogAsync(containerId, ct); }
            catch (RuntimeException)
            {
                using var begun = directory.TryOpen(name);
                if (begun is null) directory.Rename(rotated, name); // the runtime still writes there
                throw;
            }
            Trim(directory, name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RuntimeException)
        {
            LogFailed(e, path);
        }
    }

    private static bool IsTooLarge(PathHandle directory, string name)
    {
        using var log = directory.TryOpen(name);
        return log?.Status is { Kind: FileKind.Regular, Size: > MaxBytes };
    }

    /// <summary>Deletes the oldest of the files that <paramref name="log"/> was once.</summary>
    internal static void Trim(PathHandle directory, string log)
    {
        using var entries = directory.OpenDirectory();
        // The names are compared here and not by a pattern: "0.log.*" also finds 0.log itself, which is being written.
        var old = entries.Names().Where(f => f.StartsWith(log + ".", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal);
        foreach (var file in old.Skip(MaxFiles - 1).ToList()) directory.TryRemove(file);
    }

    [LoggerMessage(EventId = 3501, Level = LogLevel.Warning, Message = "Log {Path} could not be rotated; will retry")]
    private partial void LogFailed(Exception e, string path);
}
