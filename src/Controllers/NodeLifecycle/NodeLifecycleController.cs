using System.Collections.Concurrent;
using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>
/// Watches over heartbeats. A node whose Lease is no longer renewed becomes Ready=Unknown, its Pods are marked not ready, and its taints keep new Pods away and, while some other
/// node is well, drive the old ones off (<see cref="TaintEvictionController"/>).
/// </summary>
/// <remarks>When no node at all is ready the fault is likelier here than there: nothing is evicted then.</remarks>
internal sealed class NodeLifecycleController : IControlLoop, IReconciler
{
    private static readonly string[] HeartbeatConditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

    private static readonly TimeSpan CatchUp = TimeSpan.FromMilliseconds(100);

    private readonly ControllerContext _context;
    private readonly TimeSpan _grace;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly Informer<V1Node> _nodes;
    private readonly ConcurrentDictionary<string, TimeSpan> _heard = new(StringComparer.Ordinal); // by this process's steady clock: the nodes' clocks may differ, and any may be set
    private readonly Lock _lock = new();
    private readonly HashSet<string> _ready = new(StringComparer.Ordinal); // under _lock
    private readonly EvictionPace _pace = new();
    private readonly PendingWrites _marked = new(); // Pods marked not ready, by their node's uid
    private readonly ConcurrentDictionary<string, byte> _held = new(StringComparer.Ordinal); // nodes that are not emptied while so many others are not ready

    public NodeLifecycleController(ControllerContext context, TimeSpan grace)
    {
        (_context, _grace, _queue) = (context, grace, context.NewQueue());
        _nodes = context.Caches.For(Kinds.Nodes);
        _nodes.AddHandler(OnNode);
        context.Caches.For(Kinds.Leases).AddHandler(change =>
        {
            if (change.Value.Metadata.NamespaceProperty != SystemNamespaces.NodeLeases || change.IsDelete) return;
            if (change.IsAdd || change.Old!.Spec?.RenewTime != change.New!.Spec?.RenewTime) _heard[change.Value.Metadata.Name] = _context.Steady;
        });
    }

    public string Name => "node-controller";

    public Task RunAsync(CancellationToken ct) => _context.RunAsync(Name, this, _queue, workers: 4, ct);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (!_nodes.Cache.TryGet(key, out var node)) return ReconcileResult.Done;
        var silence = _context.Steady - _heard.GetOrAdd(key.Name, _context.Steady);
        if (silence > _grace) node = await MarkUnknownAsync(node, ct);
        var (evict, turn) = MayEvict(node);
        if (NodeTaints.Wanted(node, evict, _context.NowSeconds) is { } taints)
        {
            var changed = Kinds.Nodes.Clone(node);
            changed.Spec ??= new V1NodeSpec();
            changed.Spec.Taints = taints.Count == 0 ? null : taints;
            await _context.Client.UpdateAsync(Kinds.Nodes, changed, null, ct);
        }
        if (NodeTaints.StatusOf(node, "Ready") == "Unknown" && !await MarkPodsAsync(node, ct)) return ReconcileResult.After(CatchUp);
        if (silence <= _grace && (turn is null || _grace - silence < turn)) turn = _grace - silence + TimeSpan.FromMilliseconds(1);
        return new ReconcileResult(turn);
    }

    /// <summary>Whether a node that is not ready is emptied; if not, when it is to ask again, or null for when others change.</summary>
    private (bool Evict, TimeSpan? Turn) MayEvict(V1Node node)
    {
        var name = node.Metadata.Name;
        _held.TryRemove(name, out _);
        if (!AnyOtherReady(name)) return (false, null);
        if (NodeTaints.StatusOf(node, "Ready") is "True" or null || NodeTaints.IsEmptied(node)) return (true, null);
        _held[name] = 0; // before looking: a change in between brings the node back
        if (EvictionPace.Interval(node, _nodes.Cache.List()) is not { } interval) return (false, null);
        _held.TryRemove(name, out _);
        var wait = _pace.Wait(node, interval, _context.Steady);
        return wait > TimeSpan.Zero ? (false, wait) : (true, null);
    }

    private async Task<V1Node> MarkUnknownAsync(V1Node node, CancellationToken ct)
    {
        var wasReady = NodeTaints.StatusOf(node, "Ready") == "True";
        var conditions = (node.Status?.Conditions ?? []).ToList();
        var changed = false;
        foreach (var type in HeartbeatConditions) changed |= MarkUnknown(conditions, type, node.Metadata.CreationTimestamp);
        if (!changed) return node;
        node = await _context.Client.UpdateAsync(Kinds.Nodes, node with { Metadata = node.Metadata with { }, Status = (node.Status ?? new V1NodeStatus()) with { Conditions = conditions } }, "status", ct);
        if (wasReady) _context.Events.Normal(Kinds.Nodes, node, "NodeNotReady", $"Node {node.Metadata.Name} status is now: NodeNotReady");
        return node;
    }

    private bool MarkUnknown(List<V1NodeCondition> conditions, string type, DateTime? created)
    {
        var at = conditions.FindIndex(condition => condition.Type == type);
        if (at < 0)
        {
            conditions.Add(new V1NodeCondition { Type = type, Status = "Unknown", Reason = "NodeStatusNeverUpdated", Message = "Kubelet never posted node status.", LastHeartbeatTime = created, LastTransitionTime = _context.NowSeconds });
            return true;
        }
        if (conditions[at].Status == "Unknown") return false;
        conditions[at] = conditions[at] with { Status = "Unknown", Reason = "NodeStatusUnknown", Message = "Kubelet stopped posting node status.", LastTransitionTime = _context.NowSeconds };
        return true;
    }

    /// <summary>Takes the Pods of a silent node out of their Services.</summary>
    /// <returns>False: the cache does not show yet what was marked last; each Pod is to be told of once.</returns>
    private async Task<bool> MarkPodsAsync(V1Node node, CancellationToken ct)
    {
        if (!_marked.Seen(node.Metadata.Uid, _context.Caches.Pods.Revision)) return false;
        foreach (var pod in _context.Caches.PodsByNode.Get(node.Metadata.Name).Where(PodState.IsReady))
        {
            var condition = new V1PodCondition { Type = "Ready", Status = "False", LastTransitionTime = _context.NowSeconds };
            try
            {
                _marked.Wrote(node.Metadata.Uid, Revisions.Of(await _context.Client.PatchAsync(Kinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, PodConditionPatch.Of(pod, condition), "status", ct)));
                _context.Events.Warning(Kinds.Pods, pod, "NodeNotReady", "Node is not ready");
            }
            catch (StatusException e) when (e.Code is 404 or 409) { } // gone already
        }
        return true;
    }

    private void OnNode(InformerEvent<V1Node> change)
    {
        var (node, name) = (change.Value, change.Value.Metadata.Name);
        if (change.IsDelete)
        {
            _heard.TryRemove(name, out _);
            _held.TryRemove(name, out _);
            _marked.ForgetOwner(node.Metadata.Uid);
            _context.Events.Normal(Kinds.Nodes, node, "RemovingNode", $"Node {name} event: Removing Node {name} from Controller");
        }
        else
        {
            if (change.IsAdd) _context.Events.Normal(Kinds.Nodes, node, "RegisteredNode", $"Node {name} event: Registered Node {name} in Controller");
            if (change.IsAdd || Heartbeat(change.Old!) != Heartbeat(node)) _heard[name] = _context.Steady;
        }
        if (NoteReady(name, !change.IsDelete && NodeTaints.StatusOf(node, "Ready") == "True"))
        {
            foreach (var other in _nodes.Cache.List()) _queue.Add(new NamespacedName("", other.Metadata.Name)); // the first to come or the last to go: all are seen in another light
        }
        if (!change.IsUpdate || NodeTaints.StatusOf(change.Old!, "Ready") != NodeTaints.StatusOf(node, "Ready"))
        {
            foreach (var held in _held.Keys) _queue.Add(new NamespacedName("", held));
        }
        _queue.Add(new NamespacedName("", name));
    }

    private static DateTime? Heartbeat(V1Node node) => node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready")?.LastHeartbeatTime;

    private bool AnyOtherReady(string name)
    {
        lock (_lock) return _ready.Count > (_ready.Contains(name) ? 1 : 0);
    }

    /// <returns>Whether "any node is ready" has changed.</returns>
    private bool NoteReady(string name, bool ready)
    {
        lock (_lock)
        {
            var before = _ready.Count > 0;
            if (ready) _ready.Add(name);
            else _ready.Remove(name);
            return before != _ready.Count > 0;
        }
    }
}
