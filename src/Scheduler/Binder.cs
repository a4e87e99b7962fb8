using System.Threading.Channels;
using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Scheduler;

/// <summary>Tells the API what was decided, several Pods at a time while the next are being placed.</summary>
internal sealed partial class Binder
{
    private const int InFlight = 32;
    private const int MaxNote = 1024;
    private const string Ellipsis = " ...";

    private readonly IApiClient _client;
    private readonly EventRecorder _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<QueuedPod, bool> _done;
    private readonly Channel<Decision> _decisions = Channel.CreateBounded<Decision>(new BoundedChannelOptions(InFlight * 8) { FullMode = BoundedChannelFullMode.Wait }); // full: placing waits

    /// <param name="done">Called for each Pod handed to <see cref="BindAsync"/>: false when it is not bound after all.</param>
    public Binder(IApiClient client, EventRecorder events, TimeProvider time, ILogger logger, Action<QueuedPod, bool> done) =>
        (_client, _events, _time, _logger, _done) = (client, events, time, logger, done);

    public ValueTask BindAsync(QueuedPod pod, string node, CancellationToken ct) => _decisions.Writer.WriteAsync(new Decision(pod, node, null), ct);

    /// <summary>Notes on the Pod, and in an Event, why it has no node.</summary>
    public ValueTask ExplainAsync(QueuedPod pod, string why, CancellationToken ct) => _decisions.Writer.WriteAsync(new Decision(pod, null, why), ct);

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => WorkAsync(ct)));

    private async Task WorkAsync(CancellationToken ct)
    {
        try
        {
            await foreach (var (queued, node, why) in _decisions.Reader.ReadAllAsync(ct))
            {
                if (node is not null) await TellBoundAsync(queued, node, ct);
                else await TellUnschedulableAsync(queued.Pod, "Unschedulable", why!, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    private async Task TellBoundAsync(QueuedPod queued, string node, CancellationToken ct)
    {
        var pod = queued.Pod;
        try
        {
            await _client.BindAsync(NewBinding(pod, node), ct);
        }
        catch (StatusException e) when (e.Code == 404)
        {
            _done(queued, false); // deleted while we thought about it
            return;
        }
        catch (Exception e) when (!ct.IsCancellationRequested) // boundary: one Pod's trouble must not stop the others
        {
            LogBindFailed(e, pod.Metadata.NamespaceProperty, pod.Metadata.Name, node);
            _done(queued, false);
            await TellUnschedulableAsync(pod, "SchedulerError", $"running Bind plugin \"DefaultBinder\": {e.Message}", ct);
            return;
        }
        _done(queued, true);
        _events.Normal(Kinds.Pods, pod, "Scheduled", $"Successfully assigned {pod.Metadata.NamespaceProperty}/{pod.Metadata.Name} to {node}");
    }

    private async Task TellUnschedulableAsync(V1Pod pod, string reason, string message, CancellationToken ct)
    {
        _events.Warning(Kinds.Pods, pod, "FailedScheduling", Shortened(message));
        var present = PodState.Condition(pod, "PodScheduled");
        if (present is { Status: "False" } && present.Reason == reason && present.Message == message) return;
        var condition = new V1PodCondition
        {
            Type = "PodScheduled",
            Status = "False",
            Reason = reason,
            Message = message,
            LastTransitionTime = present?.Status == "False" ? null : _time.GetUtcNow().UtcDateTime,
            ObservedGeneration = pod.Metadata.Generation,
        };
        try
        {
            await _client.PatchAsync(Kinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, PodConditionPatch.Of(pod, condition), "status", ct);
        }
        catch (StatusException e) when (e.Code is 404 or 409 or 422) { } // gone, or another one by that name
        catch (Exception e) when (!ct.IsCancellationRequested) // boundary: the Event says it as well
        {
            LogConditionFailed(e, pod.Metadata.NamespaceProperty, pod.Metadata.Name);
        }
    }

    /// <summary>As an Event takes it; the condition says all.</summary>
    private static string Shortened(string message) => message.Length <= MaxNote ? message : string.Concat(message.AsSpan(0, MaxNote - Ellipsis.Length), Ellipsis);

    private static V1Binding NewBinding(V1Pod pod, string node) => new()
    {
        ApiVersion = "v1",
        Kind = "Binding",
        Metadata = new V1ObjectMeta { Name = pod.Metadata.Name, NamespaceProperty = pod.Metadata.NamespaceProperty, Uid = pod.Metadata.Uid },
        Target = new V1ObjectReference { ApiVersion = "v1", Kind = "Node", Name = node },
    };

    /// <param name="Node">Null: no node, because of <paramref name="Why"/>.</param>
    private readonly record struct Decision(QueuedPod Pod, string? Node, string? Why);

    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "binding {Namespace}/{Pod} to {Node} failed; will retry")]
    private partial void LogBindFailed(Exception e, string @namespace, string pod, string node);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "could not note on {Namespace}/{Pod} why it has no node")]
    private partial void LogConditionFailed(Exception e, string @namespace, string pod);
}
