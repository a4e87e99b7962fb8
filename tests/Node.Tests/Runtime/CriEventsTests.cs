using System.Buffers.Binary;
using System.Threading.Channels;
using Coxswain.Node.Cri;
using Coxswain.Node.Cri.V1;
using Coxswain.Node.Runtime;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Node.Tests.Runtime;

/// <summary>A runtime that is no containerd: it has CRI's own events and nothing else.</summary>
public sealed class CriEventsTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cox-cri-").FullName;
    private readonly Channel<ContainerEventResponse> _events = Channel.CreateBounded<ContainerEventResponse>(16);
    private WebApplication _server = null!;

    private string Socket => Path.Combine(_directory, "cri.sock");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(Socket, l => l.Protocols = HttpProtocols.Http2));
        _server = builder.Build();
        _server.Run(AnswerAsync);
        await _server.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        if (context.Request.Path != "/runtime.v1.RuntimeService/GetContainerEvents")
        {
            context.Response.Headers["grpc-status"] = "12"; // not implemented
            return;
        }
        await foreach (var e in _events.Reader.ReadAllAsync(context.RequestAborted))
        {
            var frame = new byte[5 + e.CalculateSize()];
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
            e.WriteTo(frame.AsSpan(5));
            await context.Response.Body.WriteAsync(frame, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static ContainerEventResponse Event(ContainerEventType type) => new() { ContainerId = "c1", ContainerEventType = type, PodSandboxStatus = new PodSandboxStatus { Id = "s1" } };

    [Fact]
    public async Task Watch_WhereThereIsNoContainerd_TakesCrisOwnEvents()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await using var runtime = new CriRuntime(Socket, Path.Combine(_directory, "exec"), TimeProvider.System, NullLogger<CriRuntime>.Instance);
        await using var events = runtime.WatchAsync(limit.Token).GetAsyncEnumerator(limit.Token);
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
        await using var runtime = new CriRuntime(Socket, Path.Combine(_directory, "exec"), TimeProvider.System, NullLogger<CriRuntime>.Instance);
        await using var events = runtime.WatchAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(RuntimeEventType.Resync, events.Current.Type);
        _events.Writer.Complete(); // the server ends this stream, and each that follows at once
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(RuntimeEventType.Lost, events.Current.Type);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(RuntimeEventType.Resync, events.Current.Type);
    }
}
