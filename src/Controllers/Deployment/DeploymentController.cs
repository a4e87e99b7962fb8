using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;
using static Coxswain.Controllers.DeploymentMath;

namespace Coxswain.Controllers;

/// <summary>Rolls a Deployment's template out over ReplicaSets, one for each template it has had.</summary>
internal sealed class DeploymentController : IControlLoop, IReconciler
{
    private readonly ControllerContext _context;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly Informer<V1Deployment> _deployments;
    private readonly Claims<V1Deployment, V1ReplicaSet> _claims;
    private readonly ReplicaSetHistory _history;
    private readonly ReplicaSetScaler _scaler;
    private readonly Rollout _rollout;
    private readonly ProgressTimes _times;

    public DeploymentController(ControllerContext context)
    {
        (_context, _queue) = (context, context.NewQueue());
        _claims = new Claims<V1Deployment, V1ReplicaSet>(context.Client, Kinds.Deployments, Kinds.ReplicaSets);
        _history = new ReplicaSetHistory(context);
        _scaler = new ReplicaSetScaler(context);
        _times = new ProgressTimes(context.Time);
        _rollout = new Rollout(context, _history, _scaler, _times);
        _deployments = context.Caches.For(Kinds.Deployments);
        _deployments.AddHandler(change =>
        {
            if (change.IsDelete) _times.Forget(change.Value);
            _queue.Add(KeyOf(change.Value));
        });
        context.Caches.ReplicaSets.AddHandler(OnReplicaSet);
        context.Caches.Pods.AddHandler(OnPod);
    }

    public string Name => "deployment-controller";

    public Task RunAsync(CancellationToken ct) => _context.RunAsync(Name, this, _queue, workers: 4, ct);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (!_deployments.Cache.TryGet(key, out var deployment)) return ReconcileResult.Done;
        if (deployment.Spec.Selector is { MatchLabels: null or { Count: 0 }, MatchExpressions: null or { Count: 0 } })
        {
            _context.Events.Warning(Kinds.Deployments, deployment, "SelectingAll", "This deployment is selecting all pods. A non-empty selector is required.");
            return ReconcileResult.Done;
        }
        var candidates = _context.Caches.ReplicaSetsByController.Get(deployment.Metadata.Uid).Concat(_context.Caches.ReplicaSetsByController.Get(SharedCaches.OrphansOf(key.Namespace)));
        var sets = await _claims.ClaimAsync(deployment, LabelMatcher.From(deployment.Spec.Selector), candidates, _ => { }, ct);

        if (deployment.Metadata.DeletionTimestamp is not null)
        {
            return await WriteStatusAsync(deployment, DeploymentStatus.Counters(deployment, sets, ReplicaSetHistory.Newest(deployment, sets), _context.NowSeconds), ct);
        }
        deployment = await SyncPausedAsync(deployment, ct);
        var status = deployment.Spec.Paused == true || IsScaling(deployment, sets)
            ? await ScaleAsync(deployment, sets, ct)
            : await _rollout.RunAsync(deployment, sets, ct);
        return await WriteStatusAsync(status.Deployment, status.Status, ct);
    }

    /// <summary>Somebody changed <c>replicas</c> since the active ReplicaSets were last sized.</summary>
    private static bool IsScaling(V1Deployment deployment, IEnumerable<V1ReplicaSet> sets) =>
        sets.Any(set => Replicas(set) > 0 && DeploymentAnnotations.DesiredOf(set) is { } desired && desired != Replicas(deployment));

    /// <summary>Follows a change of size without rolling out: alone, or shared among the ReplicaSets of a rollout that is under way.</summary>
    private async Task<(V1Deployment Deployment, V1DeploymentStatus Status)> ScaleAsync(V1Deployment deployment, List<V1ReplicaSet> sets, CancellationToken ct)
    {
        (var newest, deployment) = await _history.SyncAsync(deployment, sets, create: false, ct);
        if (newest is not null) sets = Replace(sets, newest);
        var replicas = Replicas(deployment);
        var active = sets.Where(set => Replicas(set) > 0).ToList();
        var only = active.Count switch { 0 => newest ?? sets.MaxBy(CreatedAt), 1 => active[0], _ => null };
        if (only is not null)
        {
            if (Replicas(only) != replicas) sets = Replace(sets, await _scaler.ScaleAsync(deployment, only, replicas, ct));
        }
        else if (newest is not null && IsSaturated(deployment, newest))
        {
            foreach (var old in active.Where(set => set.Metadata.Uid != newest.Metadata.Uid)) sets = Replace(sets, await _scaler.ScaleAsync(deployment, old, 0, ct));
        }
        else if (IsRollingUpdate(deployment))
        {
            foreach (var (set, size) in Proportions(deployment, active)) sets = Replace(sets, await _scaler.ScaleAsync(deployment, set, size, ct));
        }
        if (deployment.Spec.Paused == true) await _rollout.CleanUpAsync(deployment, sets, newest, ct);
        return (deployment, DeploymentStatus.Counters(deployment, sets, newest, _context.NowSeconds));
    }

    private static bool IsSaturated(V1Deployment deployment, V1ReplicaSet newest) =>
        Replicas(newest) == Replicas(deployment) && DeploymentAnnotations.DesiredOf(newest) == Replicas(deployment) && Available(newest) == Replicas(deployment);

    /// <summary>A pause stops the clock of the progress deadline, going on starts it anew.</summary>
    private async Task<V1Deployment> SyncPausedAsync(V1Deployment deployment, CancellationToken ct)
    {
        if (!DeploymentStatus.HasDeadline(deployment)) return deployment;
        var present = DeploymentConditions.Get(deployment.Status?.Conditions, DeploymentConditions.Progressing);
        if (present?.Reason == DeploymentConditions.TimedOut) return deployment;
        var (paused, noted) = (deployment.Spec.Paused == true, present?.Reason == DeploymentConditions.Paused);
        if (paused == noted) return deployment;
        var condition = paused
            ? DeploymentConditions.New(DeploymentConditions.Progressing, "Unknown", DeploymentConditions.Paused, "Deployment is paused", _context.NowSeconds)
            : DeploymentConditions.New(DeploymentConditions.Progressing, "Unknown", DeploymentConditions.Resumed, "Deployment is resumed", _context.NowSeconds);
        var status = (deployment.Status ?? new V1DeploymentStatus()) with { Conditions = DeploymentConditions.Set(deployment.Status?.Conditions, condition) };
        return await _context.Client.UpdateAsync(Kinds.Deployments, deployment with { Metadata = deployment.Metadata with { }, Status = status }, "status", ct);
    }

    private async Task<ReconcileResult> WriteStatusAsync(V1Deployment deployment, V1DeploymentStatus status, CancellationToken ct)
    {
        var wait = deployment.Spec.Paused == true ? null : DeploymentStatus.UntilDeadline(deployment, status, _times); // before others see it: its age counts from here
        if (!StatusComparer.Same(deployment.Status, status))
        {
            await _context.Client.UpdateAsync(Kinds.Deployments, deployment with { Metadata = deployment.Metadata with { }, Status = status }, "status", ct);
        }
        return new ReconcileResult(wait);
    }

    private static List<V1ReplicaSet> Replace(List<V1ReplicaSet> sets, V1ReplicaSet changed) =>
        [.. sets.Select(set => set.Metadata.Uid == changed.Metadata.Uid ? changed : set)];

    private void OnReplicaSet(InformerEvent<V1ReplicaSet> change)
    {
        EnqueueOwner(change.Value);
        if (change.IsUpdate && OwnerReferences.ControllerOf(change.Old!)?.Uid != OwnerReferences.ControllerOf(change.New!)?.Uid) EnqueueOwner(change.Old!);
    }

    private void EnqueueOwner(V1ReplicaSet set)
    {
        if (OwnerReferences.ControllerOf(set) is { } controller)
        {
            if (controller.Kind == "Deployment") _queue.Add(new NamespacedName(set.Metadata.NamespaceProperty, controller.Name));
            return;
        }
        foreach (var deployment in _deployments.Cache.List(set.Metadata.NamespaceProperty))
        {
            if (LabelMatcher.From(deployment.Spec.Selector).Matches(set.Metadata.Labels)) _queue.Add(KeyOf(deployment));
        }
    }

    /// <summary>Recreate goes on when the last old Pod is gone.</summary>
    private void OnPod(InformerEvent<V1Pod> change)
    {
        if (!change.IsDelete || OwnerReferences.ControllerOf(change.Value) is not { Kind: "ReplicaSet" } owner) return;
        var ns = change.Value.Metadata.NamespaceProperty;
        if (_context.Caches.ReplicaSets.Cache.Get(ns, owner.Name) is not { } set || OwnerReferences.ControllerOf(set) is not { Kind: "Deployment" } parent) return;
        if (_deployments.Cache.Get(ns, parent.Name) is { } deployment && !IsRollingUpdate(deployment)) _queue.Add(KeyOf(deployment));
    }

    private static NamespacedName KeyOf(V1Deployment value) => new(value.Metadata.NamespaceProperty, value.Metadata.Name);
}
