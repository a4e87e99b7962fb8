using System.Collections.Concurrent;
using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Drives Pods off nodes whose NoExecute taints they do not tolerate, or no longer.</summary>
internal sealed class TaintEvictionController : IControlLoop, IReconciler
{
    private readonly ControllerContext _context;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly Informer<V1Node> _nodes;
    private readonly SteadyMoments<(string Node, string Taint)> _added; // when each taint that drives Pods off was added
    private readonly ConcurrentDictionary<string, byte> _pending = new(StringComparer.Ordinal); // uids of Pods whose time is running

    public TaintEvictionController(ControllerContext context)
    {
        (_context, _queue, _added) = (context, context.NewQueue(), new(context.Time));
        _nodes = context.Caches.For(Kinds.Nodes);
        _nodes.AddHandler(OnNode);
        context.Caches.Pods.AddHandler(OnPod);
    }

    public string Name => "taint-eviction-controller";

    public Task RunAsync(CancellationToken ct) => _context.RunAsync(Name, this, _queue, workers: 4, ct);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (!_context.Caches.Pods.Cache.TryGet(key, out var pod) || PodState.IsTerminating(pod) || !PodState.IsScheduled(pod)) return ReconcileResult.Done;
        var taints = NoExecute(_nodes.Cache.Get("", pod.Spec.NodeName));
        if (Deadline(pod, taints) is not { } deadline)
        {
            if (_pending.TryRemove(pod.Metadata.Uid, out _)) _context.Events.Normal(Kinds.Pods, pod, "TaintManagerEviction", $"Cancelling deletion of Pod {key}");
            return ReconcileResult.Done;
        }
        if (deadline - _context.Steady is var left && left > TimeSpan.Zero)
        {
            _pending[pod.Metadata.Uid] = 0;
            return ReconcileResult.After(left);
        }
        _context.Events.Normal(Kinds.Pods, pod, "TaintManagerEviction", $"Marking for deletion Pod {key}");
        await Eviction.EvictAsync(_context, pod, "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint", fail: false, graceSeconds: null, ct);
        _pending.TryRemove(pod.Metadata.Uid, out _);
        return ReconcileResult.Done;
    }

    /// <summary>When the Pod has to go, by the steady clock; null for never.</summary>
    private TimeSpan? Deadline(V1Pod pod, List<V1Taint> taints)
    {
        TimeSpan? first = null;
        foreach (var taint in taints)
        {
            var tolerations = (pod.Spec.Tolerations ?? []).Where(toleration => Taints.Tolerates(toleration, taint)).ToList();
            if (tolerations.Count == 0) return TimeSpan.Zero;
            // The shortest of the times given counts; a toleration without one sets no limit.
            if (tolerations.Min(toleration => toleration.TolerationSeconds) is not { } seconds) continue;
            var until = Added(pod.Spec.NodeName, taint) + TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue));
            if (first is null || until < first) first = until;
        }
        return first;
    }

    /// <summary>A taint that does not say when it was added, as kubectl writes it, counts from when it was seen.</summary>
    private TimeSpan Added(string node, V1Taint taint) => _added.Of((node, IdOf(taint)), taint.TimeAdded);

    private static string IdOf(V1Taint taint) => $"{taint.Key}={taint.Value}";

    private static List<V1Taint> NoExecute(V1Node? node) => [.. (node?.Spec?.Taints ?? []).Where(taint => taint.Effect == Taints.NoExecute)];

    private void OnPod(InformerEvent<V1Pod> change)
    {
        var pod = change.Value;
        if (change.IsDelete) _pending.TryRemove(pod.Metadata.Uid, out _);
        else if (PodState.IsScheduled(pod) && NoExecute(_nodes.Cache.Get("", pod.Spec.NodeName)).Count > 0) _queue.Add(KeyOf(pod));
    }

    private void OnNode(InformerEvent<V1Node> change)
    {
        var (before, now) = (NoExecute(change.Old), NoExecute(change.New));
        foreach (var gone in before.Where(taint => now.All(other => IdOf(other) != IdOf(taint)))) _added.Forget((change.Value.Metadata.Name, IdOf(gone)));
        foreach (var taint in now) Added(change.Value.Metadata.Name, taint); // at once: the clock may have been set by the time a Pod asks
        if (before.Count == now.Count && before.All(taint => now.Any(other => other.Key == taint.Key && other.Value == taint.Value && other.TimeAdded == taint.TimeAdded))) return;
        foreach (var pod in _context.Caches.PodsByNode.Get(change.Value.Metadata.Name)) _queue.Add(KeyOf(pod));
    }

    private static NamespacedName KeyOf(V1Pod pod) => new(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
}
