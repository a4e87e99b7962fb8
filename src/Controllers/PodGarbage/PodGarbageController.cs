using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Clears away Pods that no kubelet will: those of nodes that are gone, those deleted before they had a node, and the oldest of too many finished ones.</summary>
internal sealed class PodGarbageController : IControlLoop, IReconciler
{
    /// <summary>A node that is missing may be about to register again.</summary>
    private static readonly TimeSpan Quarantine = TimeSpan.FromSeconds(40);

    private readonly ControllerContext _context;
    private readonly int _threshold;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly Informer<V1Node> _nodes;
    private readonly ObjectIndex<V1Pod> _finished;

    /// <param name="threshold">Finished Pods that are kept, over all namespaces; 0 or less keeps all.</param>
    public PodGarbageController(ControllerContext context, int threshold)
    {
        (_context, _threshold, _queue) = (context, threshold, context.NewQueue());
        _nodes = context.Caches.For(Kinds.Nodes);
        _finished = context.Caches.Pods.Cache.AddIndex(static pod => PodState.IsTerminal(pod) ? ["finished"] : []);
        _nodes.AddHandler(OnNode);
        context.Caches.Pods.AddHandler(OnPod);
    }

    public string Name => "pod-garbage-collector";

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await _context.Caches.HasSynced.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        foreach (var pod in _context.Caches.Pods.Cache.List()) Inspect(pod); // those that came before the nodes were known
        await _context.RunAsync(Name, this, _queue, workers: 2, ct);
    }

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (!_context.Caches.Pods.Cache.TryGet(key, out var pod)) return ReconcileResult.Done;
        if (!PodState.IsScheduled(pod))
        {
            if (PodState.IsTerminating(pod)) await DeleteAsync(pod, ct);
        }
        else if (!await NodeExistsAsync(pod.Spec.NodeName, ct))
        {
            await Eviction.EvictAsync(_context, pod, "DeletionByPodGC", "PodGC: node no longer exists", fail: true, graceSeconds: 0, ct);
        }
        else if (PodState.IsTerminal(pod) && _threshold > 0 && _finished.Count("finished") > _threshold)
        {
            var all = _finished.Get("finished");
            foreach (var oldest in all.OrderBy(each => each.Metadata.CreationTimestamp).Take(all.Count - _threshold)) await DeleteAsync(oldest, ct);
        }
        return ReconcileResult.Done;
    }

    private async Task<bool> NodeExistsAsync(string name, CancellationToken ct)
    {
        if (_nodes.Cache.Get("", name) is not null) return true;
        try
        {
            await _context.Client.GetAsync(Kinds.Nodes, null, name, ct); // the cache may be behind: what follows cannot be undone
            return true;
        }
        catch (StatusException e) when (e.Code == 404)
        {
            return false;
        }
    }

    private async Task DeleteAsync(V1Pod pod, CancellationToken ct)
    {
        try
        {
            await _context.Client.DeleteAsync(Kinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, new V1DeleteOptions { GracePeriodSeconds = 0, Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } }, ct);
        }
        catch (StatusException e) when (e.Code is 404 or 409) { } // gone already
    }

    private void OnPod(InformerEvent<V1Pod> change)
    {
        if (change.New is { } pod) Inspect(pod);
    }

    private void Inspect(V1Pod pod)
    {
        if (!PodState.IsScheduled(pod))
        {
            if (PodState.IsTerminating(pod)) _queue.Add(KeyOf(pod));
        }
        else if (_nodes.HasSynced.IsCompleted && _nodes.Cache.Get("", pod.Spec.NodeName) is null) _queue.AddAfter(KeyOf(pod), Quarantine);
        else if (PodState.IsTerminal(pod) && _threshold > 0 && _finished.Count("finished") > _threshold) _queue.Add(KeyOf(pod));
    }

    private void OnNode(InformerEvent<V1Node> change)
    {
        if (!change.IsDelete) return;
        foreach (var pod in _context.Caches.PodsByNode.Get(change.Value.Metadata.Name)) _queue.AddAfter(KeyOf(pod), Quarantine);
    }

    private static NamespacedName KeyOf(V1Pod pod) => new(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
}
