using System.ComponentModel;
using System.Diagnostics;
using Coxswain.Api;

namespace Coxswain.Node.Containerd;

/// <summary>One running containerd, started here or found running.</summary>
internal sealed class ContainerdProcess : IDisposable
{
    private const int Terminate = 15, Now = 9;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly ContainerdPaths _paths;
    private readonly ProcessWatch _watch;
    /// <summary>Held for a child so that the runtime library reaps it.</summary>
    private readonly Process? _child;

    private ContainerdProcess(ContainerdPaths paths, int pid, Process? child)
    {
        _paths = paths;
        _child = child;
        _watch = new ProcessWatch(pid);
        Pid = pid;
    }

    public int Pid { get; }
    public Task Ended => _watch.Ended;

    /// <exception cref="ContainerdException">The program is not there.</exception>
    public static ContainerdProcess Start(string program, ContainerdPaths paths)
    {
        if (!IsInstalled(program)) throw new ContainerdException($"{program} is not installed (on Debian: apt-get install containerd)");
        File.Delete(paths.Socket);
        // The shell gives it a log file that outlives us, setsid a session of its own; both then become containerd, with the same pid.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = "/" };
        foreach (var argument in new[] { "-c", "exec setsid \"$0\" --config \"$1\" </dev/null >>\"$2\" 2>&1", program, paths.Config, paths.Log }) start.ArgumentList.Add(argument);
        start.Environment.Remove("NOTIFY_SOCKET"); // readiness of cox is not containerd's to tell
        try
        {
            RotateLog(paths.Log);
            var child = Process.Start(start)!;
            var process = new ContainerdProcess(paths, child.Id, child); // fails when it has ended already
            if (ProcessIdentity.Of(child.Id) is { } identity) identity.WriteTo(paths.PidFile);
            return process;
        }
        catch (Exception e) when (e is Win32Exception or IOException) { throw new ContainerdException($"cannot start {program}: {SystemFailure.Describe(e)}", e); }
    }

    /// <returns>The one that was started here before and still runs; null if there is none.</returns>
    public static ContainerdProcess? Adopt(string program, ContainerdPaths paths)
    {
        // Without a socket there was none; with one it may run though its pid was not written any more.
        if (!File.Exists(paths.Socket)) return null;
        var known = ProcessIdentity.Read(paths.PidFile) is { IsAlive: true } written ? written.Pid : 0;
        // Ours is the one that was told to read our configuration.
        var running = ProcessIdentity.WithArgument(paths.Config, name => name == Path.GetFileName(program));
        var pid = running.OrderByDescending(p => p == known).FirstOrDefault();
        if (pid == 0) return null;
        try
        {
            var process = new ContainerdProcess(paths, pid, null);
            ProcessIdentity.Of(pid)?.WriteTo(paths.PidFile);
            return process;
        }
        catch (IOException) { return null; } // ended in between
    }

    /// <summary>Ends it, kindly first. Pods live on.</summary>
    public async Task StopAsync(TimeProvider time)
    {
        _watch.Signal(Terminate);
        try { await Ended.WaitAsync(StopLimit, time); }
        catch (TimeoutException)
        {
            _watch.Signal(Now);
            await Ended;
        }
        File.Delete(_paths.PidFile);
    }

    /// <summary>Ends it, whatever it is at, even when it does not run at all. Pods live on.</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        _watch.Signal(Now);
        await Ended.WaitAsync(ct);
    }

    /// <summary>The end of its log, for an error message.</summary>
    public string LastWords()
    {
        if (!File.Exists(_paths.Log)) return "no log";
        var lines = File.ReadLines(_paths.Log).TakeLast(50).ToList();
        return lines.LastOrDefault(l => l.Contains("level=fatal", StringComparison.Ordinal) || l.Contains("level=error", StringComparison.Ordinal) || l.StartsWith("containerd:", StringComparison.Ordinal))
            ?? lines.LastOrDefault() ?? "an empty log";
    }

    public void Dispose()
    {
        _watch.Dispose();
        _child?.Dispose();
    }

    private static bool IsInstalled(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, program)));

    /// <summary>One old log is kept.</summary>
    private static void RotateLog(string log)
    {
        if (File.Exists(log) && new FileInfo(log).Length > 10 << 20) File.Move(log, log + ".1", overwrite: true);
    }
}
