using System.Globalization;
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
        {
            foreach (var container in pod.View.Containers.Where(c => c.State == ContainerState.Running))
            {
                var log = new FileInfo(node.Paths.Log(pod.Pod, container.Name, container.RestartCountOf()));
                if (log.Exists && log.Length > MaxBytes) await RotateAsync(log, container.Id, ct);
            }
        }
    }

    private async Task RotateAsync(FileInfo log, string containerId, CancellationToken ct)
    {
        var (path, rotated) = (log.FullName, log.FullName + "." + NextStamp(Old(log).Select(file => file[(log.FullName.Length + 1)..]), node.Time.GetUtcNow().UtcDateTime));
        try
        {
            File.Move(path, rotated, overwrite: true);
            await node.Runtime.ReopenContainerLogAsync(containerId, ct);
            Trim(log);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RuntimeException)
        {
            LogFailed(e, path);
            if (!File.Exists(path) && File.Exists(rotated)) File.Move(rotated, path); // the runtime still writes there
        }
    }

    /// <summary>Deletes the oldest of the files that were <paramref name="log"/> once.</summary>
    internal static void Trim(FileInfo log)
    {
        foreach (var file in Old(log).OrderDescending(StringComparer.Ordinal).Skip(MaxFiles - 1)) File.Delete(file);
    }

    /// <summary>The time, as old files are named; a second after the newest of them where the clock was set back: names tell older from newer.</summary>
    internal static string NextStamp(IEnumerable<string> known, DateTime now)
    {
        var newest = known.Select(StampToTime).DefaultIfEmpty().Max();
        return (now.Ticks < newest.Ticks + TimeSpan.TicksPerSecond ? newest.AddSeconds(1) : now).ToString(Stamp, CultureInfo.InvariantCulture);
    }

    private static DateTime StampToTime(string stamp) =>
        DateTime.TryParseExact(stamp, Stamp, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : DateTime.MinValue;

    private static IEnumerable<string> Old(FileInfo log)
    {
        // The names are compared here and not by a pattern: "0.log.*" also finds 0.log itself, which is being written.
        var prefix = log.FullName + ".";
        return Directory.GetFiles(log.DirectoryName!).Where(f => f.StartsWith(prefix, StringComparison.Ordinal));
    }

    [LoggerMessage(EventId = 3501, Level = LogLevel.Warning, Message = "Log {Path} could not be rotated; will retry")]
    private partial void LogFailed(Exception e, string path);
}
