using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Coxswain.Client;
using Coxswain.Node.Containerd;
using Coxswain.Node.Images;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Node.Tests.Runtime;

/// <summary>The contract on real containers, and what only real ones show.</summary>
public sealed class ContainerdRuntimeTests : RuntimeContract, IClassFixture<ContainerdFixture>
{
    private readonly ContainerdFixture _fixture;

    public ContainerdRuntimeTests(ContainerdFixture fixture)
    {
        Assert.SkipWhen(ContainerdFixture.Missing is not null, ContainerdFixture.Missing ?? "");
        _fixture = fixture;
    }

    private protected override IRuntime Runtime => _fixture.Host.Runtime;
    private protected override string LogRoot => Path.Combine(_fixture.DataDirectory, "logs");

    [Fact]
    public async Task Containers_OfOneSandbox_ShareThePauseProcessesNetwork()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var a = await StartAsync(sandbox, config, "sleep infinity", "a");
        var b = await StartAsync(sandbox, config, "sleep infinity", "b");
        var pause = InitPid(sandbox);
        Assert.Equal("/pause", (await File.ReadAllTextAsync($"/proc/{pause}/cmdline", Ct)).TrimEnd('\0'));
        foreach (var ns in new[] { "net", "ipc", "uts" })
        {
            var held = new FileInfo($"/proc/{pause}/ns/{ns}").LinkTarget;
            Assert.Equal([held, held], await Task.WhenAll(LinkAsync(a, ns), LinkAsync(b, ns)));
        }
        Assert.NotEqual(await LinkAsync(a, "mnt"), await LinkAsync(b, "mnt"));
    }

    [Fact]
    public async Task Sandbox_WithHostPort_IsReachedThroughIt()
    {
        var port = FreePort();
        var (sandbox, config) = await RunSandboxAsync(c => c with { PortMappings = [new PortMapping(Protocol.Tcp, 8080, port)] });
        await StartAsync(sandbox, config, "while true; do echo hello | nc -l -p 8080; done");
        var ip = Assert.Single((await Runtime.GetSandboxAsync(sandbox, Ct))!.Ips);
        await EventuallyAsync(async () => await ReadAsync(ip, 8080) == "hello\n");
        await EventuallyAsync(async () => await ReadAsync("127.0.0.1", port) == "hello\n");
    }

    [Fact]
    public async Task Exec_WithTerminal_HasItsSizeAndOneOutput()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await StartAsync(sandbox, config, "sleep infinity");
        var sizes = Channel.CreateBounded<TerminalSize>(1);
        await sizes.Writer.WriteAsync(new TerminalSize(123, 45), Ct);
        using var stdout = new MemoryStream();
        var code = await Runtime.ExecAsync(id, ["sh", "-c", "while [ \"$(stty size 2>/dev/null)\" != '45 123' ]; do sleep 0.05; done; echo $TERM; echo two >&2"],
            new ExecStreams { Stdout = stdout, Tty = true, Resizes = sizes.Reader }, Ct).WaitAsync(Limit, Ct);
        Assert.Equal((0, "xterm\r\ntwo\r\n"), (code, Text(stdout.ToArray())));
    }

    [Fact]
    public async Task Exec_NoSuchProgram_CarriesTheRuntimesText()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await StartAsync(sandbox, config, "sleep infinity");
        var e = await Assert.ThrowsAsync<RuntimeException>(() => Runtime.ExecAsync(id, ["nosuch"], new ExecStreams { Stdout = Stream.Null }, Ct));
        Assert.Contains("OCI runtime exec failed: exec failed: unable to start container process: exec: \"nosuch\": executable file not found in $PATH: unknown", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_Cancelled_EndsTheCommand()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await StartAsync(sandbox, config, "sleep infinity");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var output = new MemoryStream();
        var exec = Runtime.ExecAsync(id, ["sh", "-c", "echo up; sleep 4242"], new ExecStreams { Stdout = output }, stop.Token);
        await EventuallyAsync(() => Task.FromResult(output.Length > 0));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exec);
        await EventuallyAsync(async () => !Text((await Runtime.ExecSyncAsync(id, ["ps"], Limit, Ct)).Stdout).Contains("4242", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Exec_MuchOutput_ArrivesWhole()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await StartAsync(sandbox, config, "sleep infinity");
        var input = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 200_000).Select(i => i.ToString(CultureInfo.InvariantCulture) + "\n")));
        using var stdin = new MemoryStream(input);
        using var stdout = new MemoryStream();
        Assert.Equal(0, await Runtime.ExecAsync(id, ["cat"], new ExecStreams { Stdin = stdin, Stdout = stdout }, Ct).WaitAsync(Limit, Ct));
        Assert.True(input.AsSpan().SequenceEqual(stdout.ToArray()));
    }

    [Fact]
    public async Task StartContainer_NoSuchProgram_CarriesTheRuntimesText()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await Runtime.CreateContainerAsync(sandbox, Container("") with { Command = ["/nosuch"] }, config, Ct);
        var e = await Assert.ThrowsAsync<RuntimeException>(() => Runtime.StartContainerAsync(id, Ct));
        Assert.Equal("rpc error: code = Unknown desc = failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
            + "unable to start container process: exec: \"/nosuch\": stat /nosuch: no such file or directory: unknown", e.Message);
        Assert.Equal((ContainerState.Exited, 128, "StartError"), await EndedAsync(id) is var s ? (s.State, s.ExitCode, s.Reason) : default);
    }

    [Fact]
    public async Task Containerd_KilledHard_ComesBackAndContainersLiveOn()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await StartAsync(sandbox, config, "sleep infinity");
        var process = InitPid(id);
        // The promise is two seconds. A busy machine may spoil one try; it does not spoil three.
        var took = new List<TimeSpan>();
        while (took.Count < 3 && !took.Exists(t => t < TimeSpan.FromSeconds(2))) took.Add(await KillAndWaitAsync(id));
        Assert.True(took.Min() < TimeSpan.FromSeconds(2), string.Join(' ', took));
        Assert.Equal(process, InitPid(id));
        var exec = await Runtime.ExecSyncAsync(id, ["echo", "alive"], Limit, Ct);
        Assert.Equal("alive\n", Text(exec.Stdout));
    }

    /// <returns>How long until it answered again and its events flowed.</returns>
    private async Task<TimeSpan> KillAndWaitAsync(string id)
    {
        var pid = _fixture.Host.Pid;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);
        await using var events = Runtime.WatchAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await events.MoveNextAsync());
        var next = events.MoveNextAsync();

        var clock = Stopwatch.StartNew();
        Process.GetProcessById(pid).Kill();

        while (await next && events.Current.Type != RuntimeEventType.Resync) next = events.MoveNextAsync();
        Assert.Equal(ContainerState.Running, (await Runtime.GetContainerAsync(id, Ct))?.State);
        var took = clock.Elapsed;
        await EventuallyAsync(() => Task.FromResult(_fixture.Host.Pid is not 0 and var now && now != pid));
        return took;
    }

    [Fact]
    public async Task Start_WhereOneRuns_TakesItOver()
    {
        await using var second = _fixture.MakeHost();
        await second.StartAsync(Ct);
        Assert.Equal(_fixture.Host.Pid, second.Pid);
    }

    [Fact]
    public async Task Start_WhereOneRunsWithoutPidFile_TakesItOver()
    {
        File.Delete(_fixture.Host.Paths.PidFile);
        await using var second = _fixture.MakeHost();
        await second.StartAsync(Ct);
        Assert.Equal(_fixture.Host.Pid, second.Pid);
        Assert.True(File.Exists(_fixture.Host.Paths.PidFile));
    }

    [Fact]
    public async Task Start_AfterTheMachineWasRestarted_ForgetsTheOldState()
    {
        using var temporary = new TemporaryDirectory("cox-node-");
        var directory = temporary.Info;
        await using var host = new ContainerdHost(new ContainerdOptions { Directory = directory.FullName, CniConfigDirectory = directory.FullName + "/net.d" }, TimeProvider.System, NullLoggerFactory.Instance);
        var stale = Directory.CreateDirectory(Path.Combine(host.Paths.State, "stale")).FullName;
        new ProcessIdentity(1, "another-boot", 1).WriteTo(host.Paths.PidFile);
        try
        {
            await host.StartAsync(Ct);
            Assert.False(Directory.Exists(stale));
        }
        finally { await host.DownAsync(CancellationToken.None); }
    }

    [Fact]
    public async Task RunSandbox_NetworkPluginMissing_SaysWhichAndDownLeavesNothing()
    {
        using var temporary = new TemporaryDirectory("cox-node-" + new string('x', 90));
        var directory = temporary.Info;
        var cni = Path.Combine(directory.FullName, "net.d");
        Directory.CreateDirectory(cni);
        await File.WriteAllTextAsync(Path.Combine(cni, "1.conflist"), """{"cniVersion":"0.4.0","name":"bad","plugins":[{"type":"nosuch"}]}""", Ct);
        var processes = new List<int>();
        await using var host = new ContainerdHost(new ContainerdOptions { Directory = Path.Combine(directory.FullName, "c"), CniConfigDirectory = cni }, TimeProvider.System, NullLoggerFactory.Instance);
        try
        {
            await host.StartAsync(Ct);
            var config = new SandboxConfig { Metadata = new SandboxMetadata("p", "default", "u", 0), Hostname = "p" };
            var e = await Assert.ThrowsAsync<RuntimeException>(() => host.Runtime.RunSandboxAsync(config, Ct));
            var (container, pid) = await StartOnNodesNetworkAsync(host);
            Assert.True(Directory.Exists($"/proc/{pid}"), container);
            processes.Add(pid);
            Assert.Matches("^rpc error: code = Unknown desc = failed to setup network for sandbox \"[0-9a-f]{64}\": plugin type=\"nosuch\" failed \\(add\\): failed to find plugin \"nosuch\" in path \\[/usr/lib/cni\\]$", e.Message);
        }
        finally { await host.DownAsync(CancellationToken.None); }
        Assert.DoesNotContain(processes, pid => Directory.Exists($"/proc/{pid}"));
        Assert.DoesNotContain(directory.FullName, await File.ReadAllTextAsync("/proc/self/mountinfo", Ct), StringComparison.Ordinal);
        Assert.False(File.Exists(host.Endpoint["unix://".Length..]));
        Assert.Equal(0, host.Pid);
    }

    [Fact]
    public async Task Start_NoSuchProgram_SaysSo()
    {
        using var temporary = new TemporaryDirectory("cox-node-");
        var directory = temporary.Info;
        await using var host = new ContainerdHost(
            new ContainerdOptions { Directory = directory.FullName, CniConfigDirectory = directory.FullName, Program = "no-such-containerd" }, TimeProvider.System, NullLoggerFactory.Instance);
        var e = await Assert.ThrowsAsync<ContainerdException>(() => host.StartAsync(Ct));
        Assert.Contains("not installed", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_ContainerdKilledAndGone_StillLeavesNothing()
    {
        using var temporary = new TemporaryDirectory("cox-node-");
        var directory = temporary.Info;
        await using var host = new ContainerdHost(new ContainerdOptions { Directory = directory.FullName, CniConfigDirectory = directory.FullName + "/net.d" }, TimeProvider.System, NullLoggerFactory.Instance);
        await host.StartAsync(Ct);
        var (container, pid) = await StartOnNodesNetworkAsync(host);
        Process.GetProcessById(host.Pid).Kill();
        await EventuallyAsync(() => Task.FromResult(ProcessIdentity.Of(host.Pid) is null));
        Assert.True(Directory.Exists($"/proc/{pid}"), container);

        await ContainerdLeftovers.RemoveAsync(host.Paths, TimeProvider.System, Ct);

        await EventuallyAsync(() => Task.FromResult(ProcessIdentity.Of(pid) is null));
        Assert.Empty(Directory.GetDirectories("/sys/fs/cgroup", container, SearchOption.AllDirectories));
        Assert.DoesNotContain(directory.FullName, await File.ReadAllTextAsync("/proc/self/mountinfo", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImportImages_GzippedDockerArchiveWithALargeLayer_RunsFromIt()
    {
        var large = new byte[6 << 20];
        new Random(7).NextBytes(large);
        using var archive = new MemoryStream();
        await using (var gzip = new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true))
        await using (var tar = new TarWriter(gzip))
        {
            var lower = new ImageLayer().AddDirectory("bin").AddFile("bin/sh", await File.ReadAllBytesAsync("/bin/busybox", Ct), executable: true).ToTar();
            var upper = new ImageLayer().AddFile("large", large).ToTar();
            var diffs = string.Join(',', new[] { lower, upper }.Select(l => $"\"{OciArchive.Digest(l)}\""));
            Add(tar, "c.json", Encoding.UTF8.GetBytes($$$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[{{{diffs}}}]}}"""));
            Add(tar, "1/layer.tar", lower);
            Add(tar, "2/layer.tar", upper);
            Add(tar, "manifest.json", """[{"Config":"c.json","RepoTags":["large:1"],"Layers":["1/layer.tar","2/layer.tar"]}]"""u8.ToArray());
        }
        archive.Position = 0;
        Assert.Equal(["docker.io/library/large:1"], await Runtime.ImportImagesAsync(archive, Ct));
        var (sandbox, config) = await RunSandboxAsync();
        var id = await Runtime.CreateContainerAsync(sandbox, Container("") with { Image = "large:1", Environment = [new("PATH", "/bin")], Command = ["/bin/sh", "-c", "test -s /large && exit 9"] }, config, Ct);
        await Runtime.StartContainerAsync(id, Ct);
        Assert.Equal(9, (await EndedAsync(id)).ExitCode);

        static void Add(TarWriter tar, string path, byte[] content) => tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(content) });
    }

    /// <summary>A sandbox that needs no network plugin, and a container in it.</summary>
    private static async Task<(string Container, int Pid)> StartOnNodesNetworkAsync(ContainerdHost host)
    {
        await host.Runtime.ImportImagesAsync(await ContainerdFixture.TestImageAsync(Ct), Ct);
        var config = new SandboxConfig { Metadata = new SandboxMetadata("host", "default", "h", 0), Namespaces = new Namespaces(NamespaceMode.Node) };
        var sandbox = await host.Runtime.RunSandboxAsync(config, Ct);
        var container = await host.Runtime.CreateContainerAsync(sandbox, Container("sleep infinity") with { LogPath = "", Security = new ContainerSecurity { Namespaces = config.Namespaces } }, config, Ct);
        await host.Runtime.StartContainerAsync(container, Ct);
        return (container, InitPid(host, container));
    }

    /// <summary>Goes with the test, however that ends.</summary>
    private sealed class TemporaryDirectory(string prefix) : IDisposable
    {
        public DirectoryInfo Info { get; } = Directory.CreateTempSubdirectory(prefix);
        public void Dispose() => Info.Delete(recursive: true);
    }

    private int InitPid(string id) => InitPid(_fixture.Host, id);

    private static int InitPid(ContainerdHost host, string id) =>
        int.Parse(File.ReadAllText(Path.Combine(host.Paths.State, "io.containerd.runtime.v2.task/k8s.io", id, "init.pid")), CultureInfo.InvariantCulture);

    private async Task<string> LinkAsync(string container, string ns) =>
        Text((await Runtime.ExecSyncAsync(container, ["readlink", "/proc/self/ns/" + ns], Limit, Ct)).Stdout).Trim();

    private static async Task<string> ReadAsync(string host, int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, Ct);
            using var reader = new StreamReader(client.GetStream());
            return await reader.ReadToEndAsync(Ct);
        }
        catch (Exception e) when (e is SocketException or IOException) { return ""; }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
