using System.Threading.Channels;
using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Node.Runtime;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.NodeStatus;

/// <summary>
/// Registers the Node and keeps its status true: at once when something changes, every few minutes else. That it lives at all is the Lease's to say; at the Lease's pace
/// the runtime is asked whether it still answers (one that hangs does not say so) and the Node looked at for what others wrote over it.
/// </summary>
internal sealed partial class NodeReporter(NodeAgentOptions options, NodeCapacity capacity, IApiClient api, IRuntime runtime, RuntimeVersion version, EventRecorder events, TimeProvider time, ILogger logger)
{
    private readonly MachineInfo _machine = MachineInfo.Read();
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RuntimeCheck _runtime = new(runtime, version, options.StatusPeriod, time);
    private TimeSpan _reportedAt; // by the steady clock
    private bool? _ready;
    private bool _unschedulable;

    /// <summary>Done once the Node is there.</summary>
    public Task Registered => _registered.Task;

    /// <summary>The Node as registered now; Leases and mirror Pods belong to its uid. Another one after somebody deleted it.</summary>
    public V1Node Node { get; private set; } = null!;

    /// <summary>Called after <see cref="Node"/> changed.</summary>
    public Action Remade { get; set; } = () => { };

    /// <summary>Called each time this agent has said in the API that the Node is Ready; what an earlier agent said does not count.</summary>
    public Action ReportedReady { get; init; } = () => { };

    /// <summary>The Node's labels, as last seen.</summary>
    public IDictionary<string, string> Labels { get; private set; } = new Dictionary<string, string>();

    /// <summary>What the runtime said of itself last; null before its first word.</summary>
    public RuntimeStatus? Runtime => _runtime.LastStatus;

    /// <summary>Something that the status shows may have changed.</summary>
    public void Refresh() => _changed.Writer.TryWrite(true);

    /// <summary>The images on the node are others now.</summary>
    public void ImagesChanged()
    {
        _runtime.ImagesChanged();
        Refresh();
    }

    public async Task RunAsync(CancellationToken ct)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(7));
        var asking = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1));
        while (!ct.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                await _runtime.AskAsync(ct);
                await ReportAsync(_runtime.View, ct);
                backoff.Reset();
                var well = _runtime.Answers && _ready == true;
                if (well) asking.Reset();
                // A runtime that is not ready yet will not tell when it is.
                wait = !well ? asking.Next() : options.LeasePeriod < options.StatusPeriod ? options.LeasePeriod : options.StatusPeriod;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested) { return; }
            catch (Exception e) // boundary: a node must outlive any outage of the API
            {
                LogFailed(e, options.NodeName);
                wait = backoff.Next();
            }
            await WaitAsync(wait, ct);
        }
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(wait, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try { await _changed.Reader.ReadAsync(both.Token); }
        catch (OperationCanceledException) { } // time for the next round, or to end
    }

    private async Task ReportAsync(RuntimeView view, CancellationToken ct)
    {
        if (!_registered.Task.IsCompleted) await RegisterAsync(view, ct);
        else await UpdateAsync(view, ct);
        Announce(view);
        if (view.Ready) ReportedReady();
    }

    private async Task RegisterAsync(RuntimeView view, CancellationToken ct)
    {
        events.Record(About(options.NodeName), "Normal", "Starting", "Starting kubelet.");
        V1Node node;
        try
        {
            var fresh = NodeTemplate.Make(options, _machine);
            fresh.Status = NodeStatusBuilder.Build(options, capacity, _machine, view, null, Now());
            node = await api.CreateAsync(Kinds.Nodes, fresh, ct);
            if (node.Status?.Conditions is { Count: > 0 }) _reportedAt = time.Steady();
            else await WriteAsync(node, view, ct);
        }
        catch (StatusException e) when (e.Reason == "AlreadyExists")
        {
            // Whatever an earlier agent left there, a machine that has changed since included, gives way to what this one sees.
            node = await AdoptAsync(ct);
            await WriteAsync(node, view, ct);
        }
        Labels = node.Metadata.Labels ?? new Dictionary<string, string>();
        Node = node;
        _registered.TrySetResult();
    }

    /// <summary>The Node was here before: what this agent says of it is brought up to date, what others say stays.</summary>
    private async Task<V1Node> AdoptAsync(CancellationToken ct)
    {
        var node = Kinds.Nodes.Clone(await api.GetAsync(Kinds.Nodes, null, options.NodeName, ct));
        if (!NodeTemplate.Complete(node, NodeTemplate.Make(options, _machine))) return node;
        return await api.UpdateAsync(Kinds.Nodes, node, null, ct);
    }

    private async Task UpdateAsync(RuntimeView view, CancellationToken ct)
    {
        V1Node node;
        try
        {
            node = await api.GetAsync(Kinds.Nodes, null, options.NodeName, ct);
        }
        catch (StatusException e) when (e.Code == 404)
        {
            // Someone deleted the Node under a living agent: it comes back.
            node = NodeTemplate.Make(options, _machine);
            node = await api.CreateAsync(Kinds.Nodes, node, ct);
        }
        if (node.Metadata.Uid != Node.Metadata.Uid)
        {
            Node = node;
            Remade();
        }
        Labels = node.Metadata.Labels ?? new Dictionary<string, string>();
        await WriteAsync(node, view, ct);
    }

    private async Task WriteAsync(V1Node node, RuntimeView view, CancellationToken ct)
    {
        AnnounceChanges(node);
        var status = NodeStatusBuilder.Build(options, capacity, _machine, view, node.Status, Now());
        status.VolumesAttached = node.Status?.VolumesAttached;
        if (node.Status is { } shown && time.Steady() - _reportedAt < options.StatusPeriod && NodeStatusBuilder.Same(shown, status)) return;
        var update = Kinds.Nodes.Clone(node);
        update.Status = status;
        await api.UpdateAsync(Kinds.Nodes, update, "status", ct);
        _reportedAt = time.Steady();
    }

    /// <summary>What the Node shows that this agent did not bring about, or not while it ran.</summary>
    private void AnnounceChanges(V1Node node)
    {
        if (node.Status?.NodeInfo?.BootID is { Length: > 0 } boot && boot != _machine.BootId)
            events.Record(About(options.NodeName), "Warning", "Rebooted", $"Node {options.NodeName} has been rebooted, boot id: {_machine.BootId}");
        var unschedulable = node.Spec?.Unschedulable == true;
        if (unschedulable == _unschedulable) return;
        _unschedulable = unschedulable;
        var reason = unschedulable ? "NodeNotSchedulable" : "NodeSchedulable";
        events.Record(About(options.NodeName), "Normal", reason, $"Node {options.NodeName} status is now: {reason}");
    }

    private void Announce(RuntimeView view)
    {
        if (_ready is null)
        {
            events.Record(About(options.NodeName), "Normal", "NodeHasSufficientMemory", $"Node {options.NodeName} status is now: NodeHasSufficientMemory");
            events.Record(About(options.NodeName), "Normal", "NodeHasNoDiskPressure", $"Node {options.NodeName} status is now: NodeHasNoDiskPressure");
            events.Record(About(options.NodeName), "Normal", "NodeHasSufficientPID", $"Node {options.NodeName} status is now: NodeHasSufficientPID");
            events.Record(About(options.NodeName), "Normal", "NodeAllocatableEnforced", "Updated Node Allocatable limit across pods");
        }
        if (_ready == view.Ready) return;
        if (view.Ready || _ready is not null)
        {
            var reason = view.Ready ? "NodeReady" : "NodeNotReady";
            events.Record(About(options.NodeName), "Normal", reason, $"Node {options.NodeName} status is now: {reason}");
        }
        _ready = view.Ready;
    }

    /// <summary>Events about a Node carry its name as uid: that is what <c>kubectl describe node</c> looks for.</summary>
    public static V1ObjectReference About(string node) => new() { Kind = "Node", Name = node, Uid = node };

    private DateTime Now() => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds()).UtcDateTime;

    [LoggerMessage(EventId = 3201, Level = LogLevel.Warning, Message = "Node {Node}: its status could not be reported; will retry")]
    private partial void LogFailed(Exception e, string node);
}
