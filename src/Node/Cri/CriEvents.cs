using System.Runtime.CompilerServices;
using Coxswain.Node.Containerd.Services.Events;
using Coxswain.Node.Cri.V1;
using Coxswain.Node.Runtime;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Cri;

/// <summary>
/// What happens to sandboxes and containers, from containerd's own event stream; from CRI's <c>GetContainerEvents</c> where there is no such stream. containerd's
/// comes first because it can be asked whether a subscription stands, and is the same in 1.6, which has no other, and after.
/// </summary>
internal sealed partial class CriEvents(
    CriChannel channel,
    Func<Runtime.ContainerFilter?, CancellationToken, Task<IReadOnlyList<ContainerSummary>>> list,
    Func<string, CancellationToken, Task<Runtime.SandboxStatus?>> sandbox,
    Func<string, CancellationToken, Task<Runtime.ContainerStatus?>> container,
    TimeProvider time,
    ILogger logger)
{
    private const string MarkerTopic = "/coxswain/marker";
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20), LongestPause = TimeSpan.FromSeconds(5), SettleLimit = TimeSpan.FromMilliseconds(500), ReadyLimit = TimeSpan.FromSeconds(30);
    private static readonly RuntimeEvent Resync = new(RuntimeEventType.Resync, "", null), Lost = new(RuntimeEventType.Lost, "", null);

    private readonly Events.EventsClient _events = new(channel.Invoker);
    private readonly RuntimeService.RuntimeServiceClient _runtime = new(channel.Invoker);

    /// <summary>Endless: when the connection is lost it is made again, after a pause that grows.</summary>
    public async IAsyncEnumerable<RuntimeEvent> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var pause = FirstPause;
        var (native, stands) = (true, false);
        while (true)
        {
            await using var source = (native ? SubscribeAsync(ct) : CriEventsAsync(ct)).GetAsyncEnumerator(ct);
            while (true)
            {
                RuntimeEvent next;
                try
                {
                    if (!await source.MoveNextAsync()) break;
                    next = source.Current;
                }
                catch (Exception e) when (e is RpcException or RuntimeException)
                {
                    ct.ThrowIfCancellationRequested();
                    if (e is RpcException { StatusCode: StatusCode.Unimplemented } or RuntimeException { Code: RuntimeErrorCode.Unimplemented }) native = false;
                    else LogLost(logger, e.Message);
                    break;
                }
                (pause, stands) = (FirstPause, true);
                yield return next;
            }
            if (stands) yield return Lost;
            stands = false;
            await Task.Delay(pause, time, ct);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async IAsyncEnumerable<RuntimeEvent> SubscribeAsync([EnumeratorCancellation] CancellationToken ct)
    {
        string[] topics = ["/containers/create", "/tasks/start", "/tasks/delete", "/tasks/oom", "/containers/delete", "/images/create", "/images/update", "/images/delete", MarkerTopic];
        var marker = Guid.NewGuid().ToString("N");
        var request = new SubscribeRequest { Filters = { topics.Select(t => $"namespace==k8s.io,topic==\"{t}\"") } };
        using var call = _events.Subscribe(request, channel.Options(ct, headers: CriChannel.Namespace));
        var first = call.ResponseStream.MoveNext(ct);
        await AwaitMarkerAsync(first, marker, ct);
        // Events come before the CRI plugin has found its containers again: who listed now would be refused.
        await Settle.UntilAsync(() => IsInitializedAsync(ct), ReadyLimit, time, ct);
        yield return Resync;
        for (var more = await first; more; more = await call.ResponseStream.MoveNext(ct))
        {
            if (await ReadAsync(call.ResponseStream.Current, ct) is { } e) yield return e;
        }
    }

    /// <summary>The server does not say when it listens: send ourselves an event until one comes.</summary>
    private async Task AwaitMarkerAsync(Task first, string marker, CancellationToken ct)
    {
        while (!first.IsCompleted)
        {
            var publish = new PublishRequest { Topic = MarkerTopic, Event = new Any { TypeUrl = "coxswain.Marker", Value = Google.Protobuf.ByteString.CopyFromUtf8(marker) } };
            await CriChannel.Call(_events.PublishAsync(publish, channel.Options(ct, headers: CriChannel.Namespace)), ct);
            await Task.WhenAny(first, Task.Delay(TimeSpan.FromMilliseconds(20), time, ct));
            ct.ThrowIfCancellationRequested();
        }
    }

    private async Task<bool> IsInitializedAsync(CancellationToken ct)
    {
        try { return (await CriChannel.Call(_runtime.StatusAsync(new StatusRequest(), channel.Options(ct, ReadyLimit)), ct)).Status is not null; }
        catch (RuntimeException e) when (e.Code == RuntimeErrorCode.Unknown) { return false; }
    }

    private async Task<RuntimeEvent?> ReadAsync(Envelope envelope, CancellationToken ct)
    {
        if (envelope.Topic == MarkerTopic) return null;
        if (envelope.Topic.StartsWith("/images/", StringComparison.Ordinal)) return new RuntimeEvent(RuntimeEventType.ImagesChanged, "", null);
        var id = envelope.Topic.StartsWith("/tasks/", StringComparison.Ordinal)
            ? TaskEvent.Parser.ParseFrom(envelope.Event.Value).ContainerId
            : ContainerEvent.Parser.ParseFrom(envelope.Event.Value).Id;
        if (envelope.Topic == "/tasks/oom")
        {
            await SettleReasonAsync(id, ct);
            return new RuntimeEvent(RuntimeEventType.OutOfMemory, id, null);
        }
        return envelope.Topic switch
        {
            "/containers/create" => new RuntimeEvent(RuntimeEventType.Created, id, null),
            "/containers/delete" => new RuntimeEvent(RuntimeEventType.Deleted, id, await SettleAsync(id, (_, found) => !found, ct)),
            // Whoever starts something waits for the call's own answer: not worth a question on the way of every Pod.
            "/tasks/start" => new RuntimeEvent(RuntimeEventType.Started, id, null),
            "/tasks/delete" => new RuntimeEvent(RuntimeEventType.Stopped, id, await SettleAsync(id, (state, found) => !found || state == Runtime.ContainerState.Exited, ct)),
            _ => null,
        };
    }

    /// <summary>containerd speaks before its CRI part has noted the change; who asks at once would see the old state and hear nothing more.</summary>
    /// <returns>The id of the sandbox, if it can be known.</returns>
    private async Task<string?> SettleAsync(string id, Func<Runtime.ContainerState, bool, bool> settled, CancellationToken ct)
    {
        string? home = null;
        await Settle.UntilAsync(async () =>
        {
            var (found, state) = (false, Runtime.ContainerState.Unknown);
            if (await list(new Runtime.ContainerFilter { Id = id }, ct) is [var container]) (found, state, home) = (true, container.State, container.SandboxId);
            else if (await sandbox(id, ct) is { } s)
                (found, state, home) = (true, s.State == SandboxState.Ready ? Runtime.ContainerState.Running : Runtime.ContainerState.Exited, id);
            return settled(state, found);
        }, SettleLimit, time, ct);
        return home;
    }

    private Task<bool> SettleReasonAsync(string id, CancellationToken ct) =>
        Settle.UntilAsync(async () => await container(id, ct) is not { } status || status.Reason == Runtime.ContainerStatus.OutOfMemory, SettleLimit, time, ct);

    private async IAsyncEnumerable<RuntimeEvent> CriEventsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        using var call = _runtime.GetContainerEvents(new GetEventsRequest(), channel.Options(ct));
        var first = call.ResponseStream.MoveNext(ct);
        yield return Resync;
        for (var more = await first; more; more = await call.ResponseStream.MoveNext(ct))
        {
            var e = call.ResponseStream.Current;
            yield return new RuntimeEvent(Type(e.ContainerEventType), e.ContainerId, e.PodSandboxStatus?.Id);
        }
    }

    private static RuntimeEventType Type(ContainerEventType type) => type switch
    {
        ContainerEventType.ContainerCreatedEvent => RuntimeEventType.Created,
        ContainerEventType.ContainerStartedEvent => RuntimeEventType.Started,
        ContainerEventType.ContainerStoppedEvent => RuntimeEventType.Stopped,
        _ => RuntimeEventType.Deleted,
    };

    [LoggerMessage(EventId = 6101, Level = LogLevel.Information, Message = "lost the runtime's event stream, connecting again: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);
}
