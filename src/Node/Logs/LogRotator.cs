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
    private const string Stamp = "yyyyMMdd-HHmmss";
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
            var rotated = $"{name}.{NextStamp(Old(directory, name).Select(old => old[(name.Length + 1)..]), node.Time.GetUtcNow().UtcDateTime)}";
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
        foreach (var file in Old(directory, log).OrderDescending(StringComparer.Ordinal).Skip(MaxFiles - 1)) directory.TryRemove(file);
    }

    /// <summary>The time, as old files are named; a second after the newest of them where the clock was set back: names tell older from newer.</summary>
    internal static string NextStamp(IEnumerable<string> known, DateTime now)
    {
        var newest = known.Select(StampToTime).DefaultIfEmpty().Max();
        return (now.Ticks < newest.Ticks + TimeSpan.TicksPerSecond ? newest.AddSeconds(1) : now).ToString(Stamp, CultureInfo.InvariantCulture);
    }

    private static DateTime StampToTime(string stamp) =>
        DateTime.TryParseExact(stamp, Stamp, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : DateTime.MinValue;

    private static List<string> Old(PathHandle directory, string log)
    {
        using var entries = directory.OpenDirectory();
        // The names are compared here and not by a pattern: "0.log.*" also finds 0.log itself, which is being written.
        return [.. entries.Names().Where(f => f.StartsWith(log + ".", StringComparison.Ordinal))];
    }

    [LoggerMessage(EventId = 3501, Level = LogLevel.Warning, Message = "Log {Path} could not be rotated; will retry")]
    private partial void LogFailed(Exception e, string path);
}
