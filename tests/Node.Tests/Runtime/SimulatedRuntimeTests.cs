using Coxswain.Node.Runtime;

namespace Coxswain.Node.Tests.Runtime;

public sealed class SimulatedRuntimeTests : RuntimeContract, IAsyncLifetime
{
    private readonly DirectoryInfo _logs = Directory.CreateTempSubdirectory("cox-sim-");
    private readonly SimulatedRuntime _runtime = new(TimeProvider.System, new Simulation
    {
        Pull = image => image.StartsWith("127.0.0.1:1/", StringComparison.Ordinal)
            ? new RuntimeException(RuntimeErrorCode.Unknown, $"failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": connection refused")
            : null,
        Sandbox = config => config.Hostname == "broken" ? new RuntimeException(RuntimeErrorCode.Unknown, "failed to setup network for sandbox: no") : null,
    });

    private protected override IRuntime Runtime => _runtime;
    private protected override string LogRoot => _logs.FullName;

    public ValueTask InitializeAsync()
    {
        _runtime.AddImage(TestImage);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _runtime.DisposeAsync();
        _logs.Delete(recursive: true);
    }

    [Fact]
    public async Task RunSandbox_ScriptedToFail_FailsWithThatText()
    {
        var e = await Assert.ThrowsAsync<RuntimeException>(() => RunSandboxAsync(c => c with { Hostname = "broken" }));
        Assert.Equal("rpc error: code = Unknown desc = failed to setup network for sandbox: no", e.Message);
    }

    [Fact]
    public async Task KillContainer_Running_EndsIt()
    {
        var (sandbox, config) = await RunSandboxAsync();
        var id = await StartAsync(sandbox, config, "sleep infinity");
        _runtime.KillContainer(id, 139);
        Assert.Equal((ContainerState.Exited, 139), ((await _runtime.GetContainerAsync(id, Ct))!.State, (await _runtime.GetContainerAsync(id, Ct))!.ExitCode));
    }

    [Fact]
    public async Task Watch_ReaderFarBehind_IsToldToListAgain()
    {
        await using var events = _runtime.WatchAsync(Ct).GetAsyncEnumerator(Ct);
        Assert.True(await events.MoveNextAsync());
        var next = events.MoveNextAsync(); // subscribed
        for (var i = 0; i < 600; i++) await RunSandboxAsync(c => c with { Namespaces = new Namespaces(NamespaceMode.Node) });
        var types = new List<RuntimeEventType>();
        for (Assert.True(await next); events.Current.Type != RuntimeEventType.Resync; Assert.True(await events.MoveNextAsync())) types.Add(events.Current.Type);
        Assert.InRange(types.Count, 1, 1199);
    }
}
