using System.Threading.Channels;
using Coxswain.Node.Cri.V1;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Tests.Runtime;

/// <summary>A runtime that is no containerd: it has CRI's own events and nothing else.</summary>
public sealed class CriEventsTests : IAsyncLifetime
{
    private readonly Channel<ContainerEventResponse> _events = Channel.CreateBounded<ContainerEventResponse>(16);
    private CriServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await CriServer.StreamAsync(call => call == "GetContainerEvents" ? _events.Reader.ReadAllAsync() : null);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static ContainerEventResponse Event(ContainerEventType type) => new() { ContainerId = "c1", ContainerEventType = type, PodSandboxStatus = new PodSandboxStatus { Id = "s1" } };

    [Fact]
    public async Task Watch_WhereThereIsNoContainerd_TakesCrisOwnEvents()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await using var events = _server.Runtime.WatchAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(RuntimeEventType.Resync, events.Current.Type);
        foreach (var (sent, told) in new[]
        {
            (ContainerEventType.ContainerCreatedEvent, RuntimeEventType.Created), (ContainerEventType.ContainerStartedEvent, RuntimeEventType.Started),
            (ContainerEventType.ContainerStoppedEvent, RuntimeEventType.Stopped), (ContainerEventType.ContainerDeletedEvent, RuntimeEventType.Deleted),
        })
        {
            await _events.Writer.WriteAsync(Event(sent), limit.Token);
            Assert.True(await events.MoveNextAsync());
            Assert.Equal(new RuntimeEvent(told, "c1", "s1"), events.Current);
        }
        _events.Writer.Complete();
    }

    [Fact]
    public async Task Watch_WhenTheStreamBreaks_SaysSoOnce_AndBeginsAnew()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await using var events = _server.Runtime.WatchAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(RuntimeEventType.Resync, events.Current.Type);
        _events.Writer.Complete(); // the server ends this stream, and each that follows at once
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(RuntimeEventType.Lost, events.Current.Type);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(RuntimeEventType.Resync, events.Current.Type);
    }
}
