using System.Text.RegularExpressions;
using System.Text;
using Coxswain.Client;
using Coxswain.Node.Images;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Tests.Runtime;

/// <summary>What every runtime must do, whoever implements it.</summary>
public abstract partial class RuntimeContract
{
    protected const string TestImage = "docker.io/library/coxtest:1";
    private protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static int _sandboxes;

    private protected abstract IRuntime Runtime { get; }
    private protected abstract string LogRoot { get; }
    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Version_OfARunningRuntime_HasNameAndApi()
    {
        var version = await Runtime.GetVersionAsync(Ct);
        Assert.NotEmpty(version.Name);
        Assert.NotEmpty(version.Version);
        Assert.Equal("v1", version.ApiVersion);
        Assert.True((await Runtime.GetStatusAsync(Ct)).RuntimeReady.Ready);
    }

    [Fact]
    public async Task RunSandbox_WithNetwork_IsReadyWithAnAddressOfItsOwn()
    {
        var (a, config) = await RunSandboxAsync();
        var (b, _) = await RunSandboxAsync();
        var (first, second) = (await Runtime.GetSandboxAsync(a, Ct), await Runtime.GetSandboxAsync(b, Ct));
        Assert.Equal(SandboxState.Ready, first!.State);
        Assert.Equal(config.Metadata, first.Summary.Metadata);
        Assert.NotEqual(Assert.Single(first.Ips), Assert.Single(second!.Ips));
        var listed = Assert.Single(await Runtime.ListSandboxesAsync(new SandboxFilter { Labels = new Dictionary<string, string> { ["uid"] = config.Metadata.Uid } }, Ct));
        Assert.Equal(a, listed.Id);
    }

    [Fact]
    public async Task RunSandbox_SameMetadataTwice_IsRefusedByName()
    {
        var (_, config) = await RunSandboxAsync();
        var e = await Assert.ThrowsAsync<RuntimeException>(() => Runtime.RunSandboxAsync(config, Ct));
        Assert.Contains($"failed to reserve sandbox name \"{config.Metadata.Name}_{config.Metadata.Namespace}_{config.Metadata.Uid}_0\"", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopSandbox_WithARunningContainer_EndsItAndGivesTheAddressBack()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var container = await StartAsync(sandbox, config, "sleep infinity");
        await Runtime.StopSandboxAsync(sandbox, Ct);
        await Runtime.StopSandboxAsync(sandbox, Ct);
        Assert.Equal(SandboxState.NotReady, (await Runtime.GetSandboxAsync(sandbox, Ct))!.State);
        Assert.Equal(137, (await EndedAsync(container)).ExitCode);
        await Runtime.RemoveSandboxAsync(sandbox, Ct);
        await Runtime.RemoveSandboxAsync(sandbox, Ct);
        Assert.Null(await Runtime.GetSandboxAsync(sandbox, Ct));
        Assert.Null(await Runtime.GetContainerAsync(container, Ct));
    }

    [Theory]
    [InlineData("exit 0", 0, "Completed")]
    [InlineData("exit 3", 3, "Error")]
    public async Task Container_ThatEnds_KeepsItsExitCode(string script, int code, string reason)
    {
        var (sandbox, config) = await RunSandboxAsync();
        var status = await EndedAsync(await StartAsync(sandbox, config, script));
        Assert.Equal((code, reason), (status.ExitCode, status.Reason));
        // containerd takes the start's time after the fact: the end of a short life can come before it.
        Assert.True(status.CreatedAt <= status.StartedAt && status.CreatedAt <= status.FinishedAt);
        Assert.Equal(TestImage, status.Image);
        Assert.Contains("sha256:", status.ImageRef, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateContainer_NotStarted_IsCreated()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await Runtime.CreateContainerAsync(sandbox, Container("exit 0"), config, Ct);
        var listed = Assert.Single(await Runtime.ListContainersAsync(new ContainerFilter { SandboxId = sandbox }, Ct));
        Assert.Equal((id, sandbox, ContainerState.Created, "main", 0u), (listed.Id, listed.SandboxId, listed.State, listed.Name, listed.Attempt));
        await Runtime.RemoveContainerAsync(id, Ct);
        await Runtime.RemoveContainerAsync(id, Ct);
        Assert.Empty(await Runtime.ListContainersAsync(new ContainerFilter { SandboxId = sandbox }, Ct));
    }

    [Fact]
    public async Task CreateContainer_ImageNotPresent_SaysSo()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var e = await Assert.ThrowsAsync<RuntimeException>(() => Runtime.CreateContainerAsync(sandbox, Container("exit 0") with { Image = "nowhere.test/none:1" }, config, Ct));
        Assert.Equal(RuntimeErrorCode.NotFound, e.Code);
        Assert.Contains("not found", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopContainer_ThatHeedsTheSignal_EndsWithItsOwnCode()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await StartAsync(sandbox, config, "trap 'exit 7' TERM; echo up; while true; do sleep 0.05; done");
        await LogAsync(config, "stdout F up"); // its handler stands
        await Runtime.StopContainerAsync(id, Limit, Ct);
        Assert.Equal(7, (await EndedAsync(id)).ExitCode);
    }

    [Fact]
    public async Task StopContainer_ThatIsDeaf_IsKilledAfterTheGrace()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await StartAsync(sandbox, config, "trap '' TERM; while true; do sleep 0.05; done");
        await Runtime.StopContainerAsync(id, TimeSpan.FromSeconds(1), Ct);
        Assert.Equal(137, (await EndedAsync(id)).ExitCode);
        await Runtime.StopContainerAsync(id, TimeSpan.FromSeconds(1), Ct); // is ended: a success
    }

    [Fact]
    public async Task ExecSync_ThatFails_IsAResult()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await StartAsync(sandbox, config, "sleep infinity");
        var result = await Runtime.ExecSyncAsync(id, ["sh", "-c", "echo one; echo two >&2; exit 5"], Limit, Ct);
        Assert.Equal((5, "one\n", "two\n"), (result.ExitCode, Text(result.Stdout), Text(result.Stderr)));
    }

    [Fact]
    public async Task ExecSync_BeyondItsTimeout_IsDeadlineExceeded()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await StartAsync(sandbox, config, "sleep infinity");
        var e = await Assert.ThrowsAsync<RuntimeException>(() => Runtime.ExecSyncAsync(id, ["sleep", "60"], TimeSpan.FromSeconds(1), Ct));
        Assert.Equal(RuntimeErrorCode.DeadlineExceeded, e.Code);
        Assert.Equal("rpc error: code = DeadlineExceeded desc = failed to exec in container: timeout 1s exceeded: context deadline exceeded", e.Message);
    }

    [Fact]
    public async Task ExecSync_NoSuchContainer_IsNotFound()
    {
        var e = await Assert.ThrowsAsync<RuntimeException>(() => Runtime.ExecSyncAsync("nope", ["true"], TimeSpan.FromSeconds(1), Ct));
        Assert.Equal(RuntimeErrorCode.NotFound, e.Code);
        Assert.Null(await Runtime.GetContainerAsync("nope", Ct));
        Assert.Null(await Runtime.GetSandboxAsync("nope", Ct));
    }

    [Fact]
    public async Task Exec_WithStdin_SeesItsEndAndAnswers()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await StartAsync(sandbox, config, "sleep infinity");
        using var stdin = new MemoryStream(Encoding.UTF8.GetBytes("hello\n"));
        using var stdout = new MemoryStream();
        using var stderr = new MemoryStream();
        var code = await Runtime.ExecAsync(id, ["sh", "-c", "cat; echo done >&2; exit 4"], new ExecStreams { Stdin = stdin, Stdout = stdout, Stderr = stderr }, Ct).WaitAsync(Limit, Ct);
        Assert.Equal((4, "hello\n", "done\n"), (code, Text(stdout.ToArray()), Text(stderr.ToArray())));
    }

    [Fact]
    public async Task Logs_OfBothStreams_HaveTheKubeletsFormat()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await StartAsync(sandbox, config, "echo one two; echo three >&2");
        await EndedAsync(id);
        await LogAsync(config, "stderr F three");
        var status = await Runtime.GetContainerAsync(id, Ct);
        Assert.Equal(Path.Combine(config.LogDirectory, "main/0.log"), status!.LogPath);
        var lines = await File.ReadAllLinesAsync(status.LogPath, Ct);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Matches(LogLine(), line));
        Assert.Contains(lines, line => line.EndsWith(" stdout F one two", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_LifeOfAContainer_IsTold()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        stop.CancelAfter(Limit);
        var events = Runtime.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        await using var _ = events;
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(RuntimeEventType.Resync, events.Current.Type);

        var (sandbox, config) = await RunSandboxAsync();
        await UntilAsync(events, RuntimeEventType.Started, sandbox);
        var id = await StartAsync(sandbox, config, "exit 2");
        var stopped = await UntilAsync(events, RuntimeEventType.Stopped, id);
        Assert.Equal(sandbox, stopped.SandboxId);
        await EndedAsync(id); // as a rule it shows so by now; on a slow disk it may take longer than the runtime's client waits
        await Runtime.StopSandboxAsync(sandbox, Ct);
        await UntilAsync(events, RuntimeEventType.Stopped, sandbox);
        await EventuallyAsync(async () => (await Runtime.GetSandboxAsync(sandbox, Ct))!.State == SandboxState.NotReady);
        await Runtime.RemoveSandboxAsync(sandbox, Ct);
        await UntilAsync(events, RuntimeEventType.Deleted, sandbox);
    }

    [Fact]
    public async Task PullImage_FromNowhere_CarriesTheRuntimesText()
    {
        var e = await Assert.ThrowsAsync<RuntimeException>(() => Runtime.PullImageAsync("127.0.0.1:1/none:1", null, Ct));
        Assert.StartsWith("rpc error: code = Unknown desc = failed to pull and unpack image \"127.0.0.1:1/none:1\": failed to resolve reference", e.Message, StringComparison.Ordinal);
        Assert.Null(await Runtime.GetImageAsync("127.0.0.1:1/none:1", Ct));
    }

    [Fact]
    public async Task ImportImages_OciArchive_IsPresentAndPinnedUnderItsFullName()
    {
        using var archive = new MemoryStream();
        await OciArchive.WriteAsync(archive, "imported:2", new ImageSettings { Command = ["/x"] }, [new ImageLayer().AddFile("x", [1]).ToTar()], Ct);
        archive.Position = 0;
        Assert.Equal(["docker.io/library/imported:2"], await Runtime.ImportImagesAsync(archive, Ct));
        var image = await Runtime.GetImageAsync("imported:2", Ct);
        Assert.True(image!.Pinned);
        Assert.Contains("docker.io/library/imported:2", image.RepoTags);
        Assert.Contains(await Runtime.ListImagesAsync(Ct), i => i.Id == image.Id && i.Pinned);
        await Runtime.RemoveImageAsync("imported:2", Ct);
        await Runtime.RemoveImageAsync("imported:2", Ct);
        Assert.Null(await Runtime.GetImageAsync("imported:2", Ct));
    }

    [Fact]
    public async Task ImportImages_NotAnArchive_IsInvalidArgument()
    {
        using var junk = new MemoryStream(Encoding.UTF8.GetBytes(new string('x', 2000)));
        var e = await Assert.ThrowsAsync<RuntimeException>(() => Runtime.ImportImagesAsync(junk, Ct));
        Assert.Equal(RuntimeErrorCode.InvalidArgument, e.Code);
    }

    [Fact]
    public async Task Stats_OfARunningContainer_AreThere()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await StartAsync(sandbox, config, "sleep infinity");
        Assert.Equal(id, Assert.Single(await Runtime.ListContainerStatsAsync(new ContainerFilter { SandboxId = sandbox }, Ct)).ContainerId);
        Assert.NotEmpty((await Runtime.GetImageFileSystemAsync(Ct)).MountPoint);
    }

    private protected async Task<(string Id, SandboxConfig Config)> RunSandboxAsync(Func<SandboxConfig, SandboxConfig>? change = null)
    {
        var n = Interlocked.Increment(ref _sandboxes);
        var uid = $"uid-{Environment.ProcessId}-{n}";
        var config = new SandboxConfig
        {
            Metadata = new SandboxMetadata($"pod-{n}", "default", uid, 0), Hostname = $"pod-{n}", LogDirectory = Path.Combine(LogRoot, uid),
            Labels = new Dictionary<string, string> { ["uid"] = uid },
        };
        config = change?.Invoke(config) ?? config;
        return (await Runtime.RunSandboxAsync(config, Ct), config);
    }

    private protected async Task<string> StartAsync(string sandbox, SandboxConfig config, string script, string name = "main")
    {
        var id = await Runtime.CreateContainerAsync(sandbox, Container(script) with { Name = name, LogPath = name + "/0.log" }, config, Ct);
        await Runtime.StartContainerAsync(id, Ct);
        return id;
    }

    private protected static ContainerConfig Container(string script) => new() { Name = "main", Image = TestImage, Command = ["sh", "-c", script], LogPath = "main/0.log" };

    private protected async Task<ContainerStatus> EndedAsync(string id)
    {
        ContainerStatus? status = null;
        await EventuallyAsync(async () => (status = await Runtime.GetContainerAsync(id, Ct))?.State == ContainerState.Exited);
        return status!;
    }

    private protected static Task LogAsync(SandboxConfig config, string ending) => EventuallyAsync(async () =>
    {
        var file = Path.Combine(config.LogDirectory, "main/0.log");
        return File.Exists(file) && (await File.ReadAllTextAsync(file, Ct)).Contains(ending + "\n", StringComparison.Ordinal);
    });

    private protected static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);
        while (!await condition()) await Task.Delay(10, limit.Token); // logs, sockets and processes do not say when they change
    }

    private protected static async Task<RuntimeEvent> UntilAsync(IAsyncEnumerator<RuntimeEvent> events, RuntimeEventType type, string id)
    {
        while (await events.MoveNextAsync())
        {
            if (events.Current.Type == type && events.Current.Id == id) return events.Current;
        }
        throw new InvalidOperationException("the events ended");
    }

    private protected static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(Z|[+-]\d\d:\d\d) (stdout|stderr) [FP] .*$")]
    private static partial Regex LogLine();
}
