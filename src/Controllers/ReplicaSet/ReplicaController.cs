using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Keeps as many Pods as a ReplicaSet or ReplicationController asks for.</summary>
internal sealed class ReplicaController<T> : IControlLoop, IReconciler where T : class, IKubernetesObject<V1ObjectMeta>, new()
{
    /// <summary>At most so many Pods are made or deleted before the status tells of them.</summary>
    private const int Burst = 500;

    private readonly ControllerContext _context;
    private readonly IReplicaKind<T> _kind;
    private readonly Informer<T> _owners;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly PodControl<T> _pods;
    private readonly Claims<T, V1Pod> _claims;
    private readonly ReadyTimes _ready;

    public ReplicaController(string name, ControllerContext context, IReplicaKind<T> kind)
    {
        (Name, _context, _kind, _queue, _ready) = (name, context, kind, context.NewQueue(), new ReadyTimes(context.Time));
        _pods = new PodControl<T>(context, kind.Type);
        _claims = new Claims<T, V1Pod>(context.Client, kind.Type, Kinds.Pods);
        _owners = context.Caches.For(kind.Type);
        _owners.AddHandler(OnOwner);
        context.Caches.Pods.AddHandler(OnPod);
    }

    public string Name { get; }

    public Task RunAsync(CancellationToken ct) => _context.RunAsync(Name, this, _queue, workers: 4, ct);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (!_owners.Cache.TryGet(key, out var owner)) return ReconcileResult.Done;
        var uid = owner.Metadata.Uid;
        // A cache behind our own writes shows too few Pods. Its next event brings the key back.
        if (!_pods.Pending.Seen(uid, _context.Caches.Pods.Revision)) return ReconcileResult.Done;

        var candidates = _context.Caches.PodsByController.Get(uid).Concat(_context.Caches.PodsByController.Get(SharedCaches.OrphansOf(key.Namespace))).ToList();
        var terminating = candidates.Count(pod => OwnerReferences.IsControlledBy(pod, owner) && PodState.IsTerminating(pod) && !PodState.IsTerminal(pod));
        var active = await _claims.ClaimAsync(owner, _kind.Selector(owner), candidates.Where(_pods.IsActive), revision => _pods.Pending.Wrote(uid, revision), ct);

        Exception? error = null;
        var difference = active.Count - _kind.Replicas(owner);
        if (owner.Metadata.DeletionTimestamp is null && difference != 0) error = await ManageAsync(owner, active, difference, ct);

        var wait = await UpdateStatusAsync(owner, active, terminating, Failure(error, difference), ct);
        if (error is not null && error is not StatusException { Code: 403 or 422 }) throw error;
        return new ReconcileResult(wait, Retry: error is not null); // refused: told in Event and condition, no need to log each time
    }

    private async Task<Exception?> ManageAsync(T owner, List<V1Pod> active, int difference, CancellationToken ct)
    {
        if (difference < 0)
        {
            if (_kind.Template(owner) is not { } template) return null;
            return await SlowStart.RunAsync(Math.Min(-difference, Burst), (_, token) => _pods.CreateAsync(owner, PodTemplates.NewPod(owner.Metadata, OwnerReferences.ControllerReference(_kind.Type, owner), template), token), ct);
        }
        var victims = DeletionOrder.Pick(active, Math.Min(difference, Burst), Related(owner, active), _context.Now).ToList();
        return await SlowStart.RunAsync(victims.Count, (i, token) => _pods.DeleteAsync(owner, victims[i], token), ct);
    }

    /// <summary>The active Pods of all ReplicaSets under the same Deployment.</summary>
    private IEnumerable<V1Pod> Related(T owner, List<V1Pod> own) => OwnerReferences.ControllerOf(owner) is { } parent
        ? _context.Caches.ReplicaSetsByController.Get(parent.Uid).SelectMany(sibling => _context.Caches.PodsByController.Get(sibling.Metadata.Uid)).Where(_pods.IsActive)
        : own;

    private static ReplicaFailure? Failure(Exception? error, int difference) =>
        error is null ? null : new ReplicaFailure(difference < 0 ? "FailedCreate" : "FailedDelete", error.Message);

    /// <returns>When a Pod that is ready becomes available, or null.</returns>
    private async Task<TimeSpan?> UpdateStatusAsync(T owner, List<V1Pod> active, int terminating, ReplicaFailure? failure, CancellationToken ct)
    {
        var minReady = _kind.MinReadySeconds(owner);
        var template = LabelMatcher.From(new V1LabelSelector { MatchLabels = _kind.Template(owner)?.Metadata?.Labels });
        var counts = new ReplicaCounts(active.Count,
            active.Count(pod => template.Matches(pod.Metadata.Labels)),
            active.Count(PodState.IsReady),
            active.Count(pod => _ready.IsAvailable(pod, minReady)),
            terminating);
        if (_kind.WithStatus(owner, counts, failure, _context.NowSeconds) is { } changed) await _context.Client.UpdateAsync(_kind.Type, changed, "status", ct);
        return counts.Ready == counts.Available ? null : _ready.NextChange(active, minReady);
    }

    private void OnOwner(InformerEvent<T> change)
    {
        if (change.IsDelete) _pods.Pending.ForgetOwner(change.Value.Metadata.Uid);
        _queue.Add(KeyOf(change.Value));
    }

    private void OnPod(InformerEvent<V1Pod> change)
    {
        _pods.Observe(change);
        if (change.IsDelete) _ready.Forget(change.Value);
        EnqueueOwner(change.Value);
        if (change.IsUpdate && OwnerReferences.ControllerOf(change.Old!)?.Uid != OwnerReferences.ControllerOf(change.New!)?.Uid) EnqueueOwner(change.Old!);
    }

    private void EnqueueOwner(V1Pod pod)
    {
        var ns = pod.Metadata.NamespaceProperty;
        if (OwnerReferences.ControllerOf(pod) is { } controller)
        {
            if (controller.Kind == _kind.Type.Kind) _queue.Add(new NamespacedName(ns, controller.Name));
            return;
        }
        foreach (var owner in _owners.Cache.List(ns)) // an orphan: whoever selects it may adopt it
        {
            if (_kind.Selector(owner).Matches(pod.Metadata.Labels)) _queue.Add(KeyOf(owner));
        }
    }

    private static NamespacedName KeyOf(T value) => new(value.Metadata.NamespaceProperty, value.Metadata.Name);
}
