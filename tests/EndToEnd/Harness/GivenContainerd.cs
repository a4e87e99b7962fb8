using System.Diagnostics;

namespace Coxswain.EndToEnd.Harness;

/// <summary>A containerd with a network of its own and the pause image that its defaults name, which nobody has pulled.</summary>
internal sealed class GivenContainerd : IAsyncDisposable
{
    private static int _made;

    private readonly int _range = (Environment.ProcessId + Interlocked.Increment(ref _made)) % 256; // each its own: several may run at a time
    private readonly string _directory = Directory.CreateTempSubdirectory("given-").FullName;
    private Process? _process;

    public int ProcessId => _process!.Id;
    public string Socket => Path.Combine(_directory, "containerd.sock");

    public static async Task<GivenContainerd> StartAsync()
    {
        var given = new GivenContainerd();
        var net = Directory.CreateDirectory(Path.Combine(given._directory, "net.d")).FullName;
        // Point to point: no bridge to take away afterwards.
        await File.WriteAllTextAsync(Path.Combine(net, "10-given.conflist"), $$"""
            {"cniVersion": "0.4.0", "name": "given", "plugins": [
              {"type": "ptp", "ipam": {"type": "host-local", "dataDir": "{{given._directory}}/addresses", "ranges": [[{"subnet": "10.212.{{given._range}}.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]} }]}
            """, TestContext.Current.CancellationToken);
        var d = given._directory;
        await File.WriteAllTextAsync(Path.Combine(d, "config.toml"), $"""
            version = 2
            root = "{d}/root"
            state = "{d}/state"
            [grpc]
              address = "{d}/containerd.sock"
            [plugins."io.containerd.grpc.v1.cri"]
              restrict_oom_score_adj = true
              netns_mounts_under_state_dir = true
              [plugins."io.containerd.grpc.v1.cri".cni]
                bin_dir = "/usr/lib/cni"
                conf_dir = "{net}"
              [plugins."io.containerd.grpc.v1.cri".containerd]
                snapshotter = "native"
                [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
                  runtime_type = "io.containerd.runc.v2"
                  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                    Root = "{d}/state/runc"
            """, TestContext.Current.CancellationToken);
        await given.RunAsync();
        return given;
    }

    public async Task RunAsync()
    {
        _process?.Dispose();
        var start = new ProcessStartInfo("containerd", ["--config", Path.Combine(_directory, "config.toml"), "--log-level", "error"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await Eventually.TrueAsync(async () => (await Command.RunAsync("ctr", ["-a", Socket, "--connect-timeout", "1s", "version"])).ExitCode == 0, "the given containerd answers");
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async Task SignalAsync(string name) => (await Command.RunAsync("kill", [$"-{name}", _process!.Id.ToString()])).Succeeded();

    public async Task<string> CtrAsync(params string[] args) => (await Command.RunAsync("ctr", ["-a", Socket, "-n", "k8s.io", .. args])).Succeeded().Output;

    public async Task<string[]> TasksAsync() => (await CtrAsync("tasks", "ls", "-q")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>By hand what a failed test left in it.</summary>
    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync("kill", ["-CONT", _process!.Id.ToString()]); // a stopped one answers nothing below
        foreach (var task in (await Command.RunAsync("ctr", ["-a", Socket, "-n", "k8s.io", "tasks", "ls", "-q"])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            await Command.RunAsync("ctr", ["-a", Socket, "-n", "k8s.io", "tasks", "delete", "--force", task]);
        await KillAsync();
        _process!.Dispose();
        foreach (var mount in File.ReadLines("/proc/mounts").Select(l => l.Split(' ')[1]).Where(m => m.StartsWith(_directory, StringComparison.Ordinal)).Reverse().ToList())
            await Command.RunAsync("umount", ["-l", mount]);
        Directory.Delete(_directory, recursive: true);
    }
}
