using System.Globalization;
using System.Text;

namespace Coxswain.Node.Runtime;

/// <summary>One pretended container: Created ▸ Running ▸ Exited. Guarded by its runtime's lock.</summary>
internal sealed class SimulatedContainer(string id, string sandboxId, ContainerConfig config, SandboxConfig sandbox, string imageRef, DateTimeOffset createdAt) : IDisposable
{
    public string Id => id;
    public string SandboxId => sandboxId;
    public ContainerConfig Config => config;
    public ContainerState State { get; private set; } = ContainerState.Created;
    public SimulatedProcess? Process { get; private set; }
    /// <summary>Completes with the container's end.</summary>
    public Task Ended => _ended.Task;
    /// <summary>Ends the process when its time is over.</summary>
    public ITimer? Timer { get; set; }

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset? _startedAt, _finishedAt;
    private int _exitCode;
    private string _reason = "", _message = "";

    private string LogPath => config.LogPath.Length == 0 ? "" : Path.Combine(sandbox.LogDirectory, config.LogPath);

    public void Start(SimulatedProcess process, DateTimeOffset now)
    {
        (Process, State, _startedAt) = (process, ContainerState.Running, now);
        WriteLog(process, now);
    }

    public void Fail(string message, DateTimeOffset now)
    {
        // As containerd leaves a container whose process could not be executed.
        (State, _finishedAt, _exitCode, _reason, _message) = (ContainerState.Exited, now, 128, "StartError", message);
        _ended.TrySetResult();
    }

    public void End(int exitCode, DateTimeOffset now)
    {
        (State, _finishedAt, _exitCode, _reason) = (ContainerState.Exited, now, exitCode, exitCode == 0 ? "Completed" : "Error");
        Timer?.Dispose();
        _ended.TrySetResult();
    }

    public void WasOutOfMemory() => _reason = ContainerStatus.OutOfMemory;

    public void Dispose() => Timer?.Dispose();

    public ContainerSummary Summarize() => new()
    {
        Id = id, SandboxId = sandboxId, Name = config.Name, Attempt = config.Attempt, State = State, CreatedAt = createdAt,
        Image = config.Image, ImageRef = imageRef, Labels = config.Labels, Annotations = config.Annotations,
    };

    public ContainerStatus Describe() => new()
    {
        Id = id, Name = config.Name, Attempt = config.Attempt, State = State, CreatedAt = createdAt, StartedAt = _startedAt, FinishedAt = _finishedAt,
        ExitCode = _exitCode, Image = config.Image, ImageRef = imageRef, Reason = _reason, Message = _message, Labels = config.Labels,
        Annotations = config.Annotations, Mounts = config.Mounts, LogPath = LogPath,
    };

    /// <summary>In the kubelet's log format. A process that says nothing costs no file.</summary>
    private void WriteLog(SimulatedProcess process, DateTimeOffset now)
    {
        if (LogPath.Length == 0 || process.Stdout.Length + process.Stderr.Length == 0) return;
        var text = new StringBuilder();
        AppendLines(text, "stdout", process.Stdout, now);
        AppendLines(text, "stderr", process.Stderr, now);
        Directory.CreateDirectory(Path.GetDirectoryName(LogPath)!);
        File.AppendAllText(LogPath, text.ToString());
    }

    private static void AppendLines(StringBuilder text, string stream, string output, DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);
        var lines = output.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var last = i == lines.Length - 1;
            if (last && lines[i].Length == 0) break;
            // P: partial, the line's end was not written.
            text.Append(stamp).Append(' ').Append(stream).Append(last ? " P " : " F ").Append(lines[i]).Append('\n');
        }
    }
}
