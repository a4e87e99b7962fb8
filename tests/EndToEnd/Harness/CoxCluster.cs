using System.Diagnostics;
using System.Text;

namespace Coxswain.EndToEnd.Harness;

/// <summary>The native executable running one cluster of the test's own: data directory, port, containerd. Disposing it leaves nothing behind.</summary>
internal sealed class CoxCluster : IAsyncDisposable
{
    private readonly StringBuilder _log = new();
    private TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;
    private readonly string[] _flags;

    public string DataDirectory { get => field ??= Directory.CreateTempSubdirectory("cox-e2e-").FullName; init; }
    public int Port { get; } = Ports.Free();
    public string Address { get; init; } = "127.0.0.1";
    public string NodeName { get; init; } = "node-1";
    public Dictionary<string, string> Variables { get; } = [];
    /// <summary>Of <c>cox up</c>, in octal.</summary>
    public string Umask { get; init; } = "022";
    public string Kubeconfig => Path.Combine(DataDirectory, "kubeconfig");
    public string StaticPods => Path.Combine(DataDirectory, "static-pods");
    public int ProcessId => _process!.Id;
    public int ExitCode => _process!.ExitCode;
    public string Log { get { lock (_log) return _log.ToString(); } }

    public CoxCluster(params string[] flags) => _flags = flags;

    /// <summary>One that is up and has busybox on its node, and the kubectl on PATH for it.</summary>
    public static async Task<(CoxCluster Cox, Kubectl Kubectl)> WithBusyboxAsync()
    {
        var cox = new CoxCluster();
        try
        {
            await cox.UpAsync();
            await cox.ImportImagesAsync("busybox");
            return (cox, cox.Kubectl());
        }
        catch
        {
            await cox.DisposeAsync(); // nobody else has it yet
            throw;
        }
    }

    public Kubectl Kubectl(string? version = null) =>
        new(EndToEnd.Harness.Kubectl.Find(version) ?? throw new InvalidOperationException($"kubectl {version} is not on this machine"), Kubeconfig);

    /// <summary>Starts <c>cox up</c> and waits for its ready line, which is returned.</summary>
    public async Task<string> UpAsync(int seconds = 60)
    {
        var ready = _ready = new(TaskCreationOptions.RunContinuationsAsynchronously); // an earlier process whose end is told late must not end this one's wait
        // The shell becomes cox, with the same pid.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = DataDirectory };
        foreach (var a in (string[])["-c", $"umask {Umask}; exec \"$0\" \"$@\"", Repository.Cox, "up", "--data-dir", DataDirectory, "--listen", $"{Address}:{Port}", "--node-name", NodeName, .. _flags]) start.ArgumentList.Add(a);
        foreach (var (k, v) in Variables) start.Environment[k] = v;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Take(e.Data);
        _process.ErrorDataReceived += (_, e) => Take(e.Data);
        _process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"cox up ended:\n{Log}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        return await ready.Task.WaitAsync(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
    }

    /// <summary>SIGTERM, and waits for the end: how long it took.</summary>
    public Task<TimeSpan> TerminateAsync() => EndAsync("TERM");

    /// <summary>As <see cref="TerminateAsync"/>, with the signal of this name.</summary>
    public async Task<TimeSpan> EndAsync(string signal)
    {
        var clock = Stopwatch.StartNew();
        (await Command.RunAsync("kill", ["-" + signal, ProcessId.ToString()])).Succeeded();
        await _process!.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30));
        return clock.Elapsed;
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }

    public Task<CommandResult> CoxAsync(params string[] args) => Command.RunAsync(Repository.Cox, [.. args, "--data-dir", DataDirectory]);

    /// <summary>Puts the stand-ins for the tutorial's images on the node.</summary>
    public async Task ImportImagesAsync(params string[] names)
    {
        var files = (names.Length == 0 ? ["busybox", "nginx", "tomcat"] : names).Select(n => Path.Combine(Repository.Images, n + ".tar"));
        (await CoxAsync(["image", "import", .. files])).Succeeded();
    }

    /// <summary>containerd's own client, in the namespace of Kubernetes' containers.</summary>
    public async Task<string> CtrAsync(string line)
    {
        var socket = ContainerdSocket();
        return (await Command.RunAsync("ctr", ["-a", socket, "-n", "k8s.io", .. line.Split(' ')])).Succeeded().Output;
    }

    /// <summary>Runs a command in a container: through kubectl where it can, else through the runtime.</summary>
    public async Task<string> ExecAsync(Kubectl kubectl, string pod, string container, params string[] command)
    {
        if (await kubectl.CanExecAsync()) return await kubectl.GetAsync(["exec", pod, "-c", container, "--", .. command]);
        var id = (await kubectl.FieldAsync($"get pod {pod}", $"{{.status.containerStatuses[?(@.name=='{container}')].containerID}}")).Split("//")[1];
        return (await CtrAsync($"task exec --exec-id x{Guid.NewGuid():n} {id} {string.Join(' ', command)}")).Trim();
    }

    /// <summary>The socket, which containerd's own command line in /proc names.</summary>
    public string ContainerdSocket() => File.ReadLines(Directory.EnumerateFiles(DataDirectory, "*.toml", SearchOption.AllDirectories).First(f => File.ReadAllText(f).Contains("[grpc]", StringComparison.Ordinal)))
        .Select(l => l.Trim()).First(l => l.StartsWith("address", StringComparison.Ordinal) && l.Contains(".sock", StringComparison.Ordinal)).Split('"', '\'')[1];

    /// <summary>The pid of this cluster's containerd.</summary>
    public int ContainerdPid() => FindContainerd() ?? throw new InvalidOperationException("no containerd runs");

    /// <summary>The same; null while none runs.</summary>
    public int? FindContainerd() => Directory.EnumerateDirectories("/proc")
        .Where(d => int.TryParse(Path.GetFileName(d), out _))
        .Where(d => { try { var c = File.ReadAllText(d + "/cmdline").Split('\0'); return Path.GetFileName(c[0]) == "containerd" && c.Any(a => a.StartsWith(DataDirectory, StringComparison.Ordinal)); } catch (IOException) { return false; } })
        .Select(d => (int?)int.Parse(Path.GetFileName(d))).FirstOrDefault();

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed || Environment.GetEnvironmentVariable("COX_E2E_LOG") is not null) TestContext.Current.TestOutputHelper?.WriteLine(Log);
        var reset = await Command.RunAsync(Repository.Cox, ["reset", "--data-dir", DataDirectory]);
        if (_process is { HasExited: false }) _process.Kill();
        _process?.Dispose();
        if (File.Exists(Path.Combine(DataDirectory, "cluster.json"))) reset.Succeeded(); // what a reset leaves is its own fault, and its words say which
        if (Directory.Exists(DataDirectory)) Directory.Delete(DataDirectory, recursive: true);
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_log) _log.AppendLine(line);
        if (line.StartsWith("cluster ready in ", StringComparison.Ordinal)) _ready.TrySetResult(line);
    }
}
