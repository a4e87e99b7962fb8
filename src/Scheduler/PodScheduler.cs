using System.Threading.Channels;
using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Scheduler;

/// <summary>
/// Finds a node for each Pod that has none. One Pod at a time is placed, on what is known at that moment; the bindings go out side by side, and until the API
/// confirms one its Pod counts as placed.
/// </summary>
/// <remarks>One lock guards queue and cache. Placing a Pod holds it throughout, so no change slips in between "no node will do" and "wait for a change".</remarks>
public sealed class PodScheduler : IDisposable
{
    private readonly SchedulerOptions _options;
    private readonly TimeProvider _time;
    private readonly InformerSet _informers;
    private readonly EventRecorder _events;
    private readonly Binder _binder;
    private readonly NodePicker _picker;
    private readonly ITimer _backoffTimer;
    private readonly Channel<bool> _work = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }); // a bell: rung once is enough

    private readonly Lock _lock = new(); // guards the two below
    private readonly SchedulingQueue _queue;
    private readonly NodeCache _cache = new();

    public PodScheduler(IApiClient client, TimeProvider time, ILoggerFactory loggers, SchedulerOptions options)
    {
        (_options, _time) = (options, time);
        var logger = loggers.CreateLogger("Coxswain.Scheduler");
        _informers = new InformerSet(client, time, loggers);
        _events = new EventRecorder(client, options.Name, null, time, logger, lanes: 4);
        _binder = new Binder(client, _events, time, logger, OnBound);
        _picker = new NodePicker(options.Random);
        _queue = new SchedulingQueue(time);
        _backoffTimer = time.CreateTimer(_ => _work.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _informers.For(Kinds.Nodes).AddHandler(OnNode);
        _informers.For(Kinds.Pods).AddHandler(OnPod);
    }

    /// <summary>Done once nodes and Pods are known.</summary>
    public Task HasSynced => _informers.HasSynced;

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(_informers.RunAsync(ct), _binder.RunAsync(ct), _events.RunAsync(ct), ScheduleAsync(ct));

    public void Dispose() => _backoffTimer.Dispose();

    /// <summary>Whether the node is in the cache: watches of nodes and of Pods may arrive in either order.</summary>
    internal bool Knows(string node)
    {
        lock (_lock) return _cache.Find(node) is not null;
    }

    private async Task ScheduleAsync(CancellationToken ct)
    {
        try
        {
            await _informers.HasSynced.WaitAsync(ct);
            while (true)
            {
                if (Next(out var placement) is { } pod) await TellAsync(pod, placement, ct);
                else await _work.Reader.ReadAsync(ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    /// <summary>Places the next waiting Pod; null when none waits.</summary>
    private QueuedPod? Next(out Placement placement)
    {
        placement = default;
        lock (_lock)
        {
            var due = _queue.MoveDue();
            if (_queue.TakeNext() is not { } pod)
            {
                if (due is not null) RingAt(due.Value);
                return null;
            }
            placement = _picker.Pick(pod.Info, _cache);
            if (placement.Node is { } node) _cache.Assume(pod.Info, node.Name);
            else _queue.WaitFor(pod, placement.Why!.HelpedBy);
            return pod;
        }
    }

    private void RingAt(TimeSpan due)
    {
        var wait = due - _time.Steady();
        _backoffTimer.Change(wait > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private ValueTask TellAsync(QueuedPod pod, Placement placement, CancellationToken ct) => placement.Node is { } node
        ? _binder.BindAsync(pod, node.Name, ct)
        : _binder.ExplainAsync(pod, placement.Why!.Describe(mayPreempt: pod.Pod.Spec.PreemptionPolicy != "Never"), ct);

    private void OnBound(QueuedPod pod, bool bound)
    {
        lock (_lock)
        {
            if (bound)
            {
                _queue.Remove(pod.Uid);
                return;
            }
            _cache.Forget(pod.Uid);
            _queue.Retry(pod);
            _queue.Wake(ClusterEvents.PodRemoved);
        }
        _work.Writer.TryWrite(true);
    }

    private void OnPod(InformerEvent<V1Pod> change)
    {
        var pod = change.Value;
        lock (_lock)
        {
            if (change.IsDelete || PodState.IsTerminal(pod)) Leave(pod);
            else if (PodState.IsScheduled(pod))
            {
                _queue.Remove(pod.Metadata.Uid);
                _cache.SetPod(pod);
            }
            else if (IsOurs(pod)) Wait(pod);
            else _queue.Remove(pod.Metadata.Uid);
        }
        _work.Writer.TryWrite(true);
    }

    private bool IsOurs(V1Pod pod) => (pod.Spec.SchedulerName ?? _options.Name) == _options.Name && !PodState.IsTerminating(pod) && pod.Spec.SchedulingGates is not { Count: > 0 };

    private void Wait(V1Pod pod)
    {
        if (!_cache.IsAssumed(pod.Metadata.Uid)) _queue.Set(pod); // else: its binding is on the way
    }

    private void Leave(V1Pod pod)
    {
        _queue.Remove(pod.Metadata.Uid);
        if (_cache.RemovePod(pod.Metadata.Uid)) _queue.Wake(ClusterEvents.PodRemoved);
    }

    private void OnNode(InformerEvent<V1Node> change)
    {
        lock (_lock)
        {
            if (change.IsDelete)
            {
                _cache.RemoveNode(change.Value.Metadata.Name);
                return;
            }
            _cache.SetNode(change.New!);
            var happened = change.IsAdd ? ClusterEvents.NodeAdded : NodeChanges.Between(change.Old!, change.New!);
            if (happened == ClusterEvents.None || !_queue.Wake(happened)) return;
        }
        _work.Writer.TryWrite(true);
    }
}
