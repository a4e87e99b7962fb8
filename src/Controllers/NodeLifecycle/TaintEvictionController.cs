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
    private readonly ConcurrentDictionary<string, byte> _pending = new(StringComparer.Ordinal); // uids of Pods whose time is running

    public TaintEvictionController(ControllerContext context)
    {
        (_context, _queue) = (context, context.NewQueue());
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
        if (deadline > _context.Now)
        {
            _pending[pod.Metadata.Uid] = 0;
            return ReconcileResult.After(deadline - _context.Now);
        }
        _context.Events.Normal(Kinds.Pods, pod, "TaintManagerEviction", $"Marking for deletion Pod {key}");
        await Eviction.EvictAsync(_context, pod, "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint", fail: false, graceSeconds: null, ct);
        _pending.TryRemove(pod.Metadata.Uid, out _);
        return ReconcileResult.Done;
    }

    /// <summary>When the Pod has to go; null for never.</summary>
    private DateTime? Deadline(V1Pod pod, List<V1Taint> taints)
    {
        DateTime? first = null;
        foreach (var taint in taints)
        {
            var tolerations = (pod.Spec.Tolerations ?? []).Where(toleration => Taints.Tolerates(toleration, taint)).ToList();
            if (tolerations.Count == 0) return DateTime.MinValue;
            // The shortest of the times given counts; a toleration without one sets no limit.
            if (tolerations.Min(toleration => toleration.TolerationSeconds) is not { } seconds) continue;
            var until = (taint.TimeAdded ?? _context.Now).PlusSeconds(Math.Max(0, seconds));
            if (first is null || until < first) first = until;
        }
        return first;
    }

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
        if (before.Count == now.Count && before.All(taint => now.Any(other => other.Key == taint.Key && other.Value == taint.Value && other.TimeAdded == taint.TimeAdded))) return;
        foreach (var pod in _context.Caches.PodsByNode.Get(change.Value.Metadata.Name)) _queue.Add(KeyOf(pod));
    }

    private static NamespacedName KeyOf(V1Pod pod) => new(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
}
