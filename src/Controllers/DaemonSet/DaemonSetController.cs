using System.Collections.Concurrent;
using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Keeps one Pod of each DaemonSet on every node that it belongs on, and replaces them as the template changes.</summary>
internal sealed class DaemonSetController : IControlLoop, IReconciler
{
    private readonly ControllerContext _context;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly ConcurrentDictionary<(string Uid, string Node), int> _failures = []; // how often a set's Pod was replaced on a node
    private readonly Informer<V1DaemonSet> _sets;
    private readonly Informer<V1Node> _nodes;
    private readonly PodControl<V1DaemonSet> _pods;
    private readonly Claims<V1DaemonSet, V1Pod> _claims;
    private readonly DaemonHistory _history;
    private readonly ReadyTimes _ready;

    public DaemonSetController(ControllerContext context)
    {
        (_context, _queue, _ready) = (context, context.NewQueue(), new ReadyTimes(context.Time));
        _pods = new PodControl<V1DaemonSet>(context, Kinds.DaemonSets);
        _claims = new Claims<V1DaemonSet, V1Pod>(context.Client, Kinds.DaemonSets, Kinds.Pods);
        _sets = context.Caches.For(Kinds.DaemonSets);
        _nodes = context.Caches.For(Kinds.Nodes);
        _history = new DaemonHistory(context);
        _history.Revisions.AddHandler(change => EnqueueOwner(change.Value));
        _sets.AddHandler(OnSet);
        _nodes.AddHandler(OnNode);
        context.Caches.Pods.AddHandler(OnPod);
    }

    public string Name => "daemon-set-controller";

    public Task RunAsync(CancellationToken ct) => _context.RunAsync(Name, this, _queue, workers: 2, ct);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (!_sets.Cache.TryGet(key, out var set) || !_pods.Pending.Seen(set.Metadata.Uid, _context.Caches.Pods.Revision)) return ReconcileResult.Done;
        if (set.Spec.Selector is { MatchLabels: null or { Count: 0 }, MatchExpressions: null or { Count: 0 } })
        {
            _context.Events.Warning(Kinds.DaemonSets, set, "SelectingAll", "This daemon set is selecting all pods. A non-empty selector is required.");
            return ReconcileResult.Done;
        }
        var candidates = _context.Caches.PodsByController.Get(set.Metadata.Uid).Concat(_context.Caches.PodsByController.Get(SharedCaches.OrphansOf(key.Namespace)));
        var claimed = await _claims.ClaimAsync(set, LabelMatcher.From(set.Spec.Selector), candidates, revision => _pods.Pending.Wrote(set.Metadata.Uid, revision), ct);
        // What has finished and is going is out of the way; what still runs while it is going is not.
        var onNode = claimed.Where(pod => !(PodState.IsTerminal(pod) && IsLeaving(pod)) && DaemonPods.NodeOf(pod) is not null)
            .GroupBy(pod => DaemonPods.NodeOf(pod)!).ToDictionary(group => group.Key, group => group.OrderBy(pod => !PodState.IsScheduled(pod)).ThenBy(pod => pod.Metadata.CreationTimestamp).ToList());
        var nodes = _nodes.Cache.List();

        if (set.Metadata.DeletionTimestamp is not null) return ReconcileResult.Done;
        var (hash, old) = await _history.SyncAsync(set, ct);
        var error = await ApplyAsync(set, DaemonPlan.Make(set, nodes, onNode, hash, IsLeaving, _ready), hash, ct);
        if (error is null) await _history.CleanUpAsync(set, old, claimed, ct);
        await UpdateStatusAsync(set, nodes, onNode, hash, ct);
        if (error is not null) throw error;
        return new ReconcileResult(set.Spec.MinReadySeconds > 0 ? _ready.NextChange(claimed, set.Spec.MinReadySeconds.Value) : null);
    }

    private async Task<Exception?> ApplyAsync(V1DaemonSet set, DaemonPlan plan, string hash, CancellationToken ct)
    {
        var doomed = new List<V1Pod>(plan.Delete);
        foreach (var (pod, node) in plan.Finished) if (MayReplace(set, pod, node)) doomed.Add(pod);
        var failed = await SlowStart.RunAsync(doomed.Count, (i, token) => _pods.DeleteAsync(set, doomed[i], token), ct);
        var notMade = await SlowStart.RunAsync(plan.Create.Count, (i, token) => _pods.CreateAsync(set, DaemonPods.Make(set, plan.Create[i], hash), token), ct);
        return failed ?? notMade;
    }

    private bool IsLeaving(V1Pod pod) => PodState.IsTerminating(pod) || _pods.Pending.IsDeleted(pod.Metadata.Uid);

    /// <summary>A daemon that fails again and again is replaced more and more slowly.</summary>
    private bool MayReplace(V1DaemonSet set, V1Pod pod, string node)
    {
        var name = $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";
        if (pod.Status.Phase == "Succeeded")
        {
            _context.Events.Normal(Kinds.DaemonSets, set, "SucceededDaemonPod", $"Found succeeded daemon pod {name} on node {node}, will try to delete it");
            return true;
        }
        var key = (set.Metadata.Uid, node);
        var wait = TimeSpan.FromSeconds(Math.Min(900, Math.Pow(2, Math.Min(_failures.GetValueOrDefault(key), 10)) - 1));
        if (wait - _ready.SinceChange(pod) is var left && left > TimeSpan.Zero)
        {
            _queue.AddAfter(new NamespacedName(set.Metadata.NamespaceProperty, set.Metadata.Name), left);
            return false;
        }
        _failures.AddOrUpdate(key, 1, (_, count) => count + 1);
        _context.Events.Warning(Kinds.DaemonSets, set, "FailedDaemonPod", $"Found failed daemon pod {name} on node {node}, will try to kill it");
        return true;
    }

    private async Task UpdateStatusAsync(V1DaemonSet set, IReadOnlyList<V1Node> nodes, Dictionary<string, List<V1Pod>> onNode, string hash, CancellationToken ct)
    {
        var (desired, current, misscheduled, ready, available, updated) = (0, 0, 0, 0, 0, 0);
        foreach (var node in nodes)
        {
            var pod = onNode.GetValueOrDefault(node.Metadata.Name)?[0];
            if (!DaemonPods.Judge(set, node).Run)
            {
                if (pod is not null) misscheduled++;
                continue;
            }
            desired++;
            if (pod is null) continue;
            current++;
            if (PodState.IsReady(pod)) ready++;
            if (_ready.IsAvailable(pod, set.Spec.MinReadySeconds ?? 0)) available++;
            if (DaemonPods.IsUpdated(pod, hash)) updated++;
        }
        var status = new V1DaemonSetStatus
        {
            CurrentNumberScheduled = current,
            NumberMisscheduled = misscheduled,
            DesiredNumberScheduled = desired,
            NumberReady = ready,
            NumberAvailable = Numbers.OrNull(available),
            NumberUnavailable = Numbers.OrNull(desired - available),
            UpdatedNumberScheduled = Numbers.OrNull(updated),
            ObservedGeneration = set.Metadata.Generation,
            CollisionCount = set.Status?.CollisionCount,
            Conditions = set.Status?.Conditions,
        };
        if (StatusComparer.Same(set.Status, status)) return;
        await _context.Client.UpdateAsync(Kinds.DaemonSets, set with { Metadata = set.Metadata with { }, Status = status }, "status", ct);
    }

    private void OnSet(InformerEvent<V1DaemonSet> change)
    {
        if (change.IsDelete)
        {
            _pods.Pending.ForgetOwner(change.Value.Metadata.Uid);
            foreach (var key in _failures.Keys.Where(key => key.Uid == change.Value.Metadata.Uid)) _failures.TryRemove(key, out _);
        }
        _queue.Add(KeyOf(change.Value));
    }

    private void OnNode(InformerEvent<V1Node> change)
    {
        foreach (var set in _sets.Cache.List())
        {
            var (before, now) = (change.Old is { } old ? DaemonPods.Judge(set, old) : default, change.New is { } node ? DaemonPods.Judge(set, node) : default);
            if (before != now || !change.IsUpdate) _queue.Add(KeyOf(set));
        }
    }

    private void OnPod(InformerEvent<V1Pod> change)
    {
        _pods.Observe(change);
        if (change.IsDelete) _ready.Forget(change.Value);
        EnqueueOwner(change.Value);
        // The set that has lost it, too: it may be waiting for its own write to be seen here.
        if (change.IsUpdate && OwnerReferences.ControllerOf(change.Old!)?.Uid != OwnerReferences.ControllerOf(change.New!)?.Uid) EnqueueOwner(change.Old!);
    }

    private void EnqueueOwner(IMetadata<V1ObjectMeta> value)
    {
        if (OwnerReferences.ControllerOf(value) is { } controller)
        {
            if (controller.Kind == "DaemonSet") _queue.Add(new NamespacedName(value.Metadata.NamespaceProperty, controller.Name));
            return;
        }
        foreach (var set in _sets.Cache.List(value.Metadata.NamespaceProperty))
        {
            if (LabelMatcher.From(set.Spec.Selector).Matches(value.Metadata.Labels)) _queue.Add(KeyOf(set));
        }
    }

    private static NamespacedName KeyOf(V1DaemonSet value) => new(value.Metadata.NamespaceProperty, value.Metadata.Name);
}
