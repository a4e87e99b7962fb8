using Coxswain.Api;
using k8s.Models;
using static Coxswain.Controllers.DeploymentMath;

namespace Coxswain.Controllers;

/// <summary>
/// One step of a rollout, by the Deployment's strategy. Each step moves one side only; the status it leaves and the Pods that come and go bring the Deployment back for
/// the next.
/// </summary>
internal sealed class Rollout(ControllerContext context, ReplicaSetHistory history, ReplicaSetScaler scaler, ProgressTimes times)
{
    public async Task<(V1Deployment Deployment, V1DeploymentStatus Status)> RunAsync(V1Deployment deployment, List<V1ReplicaSet> sets, CancellationToken ct)
    {
        var create = IsRollingUpdate(deployment) || await OldAreGoneAsync(deployment, sets, ct);
        (var newest, deployment) = await history.SyncAsync(deployment, sets, create, ct);
        var old = sets.Where(set => set.Metadata.Uid != newest?.Metadata.Uid).ToList();
        List<V1ReplicaSet> all = newest is null ? old : [.. old, newest];
        var moved = newest is not null && create && (IsRollingUpdate(deployment)
            ? await GrowAsync(deployment, newest, all, ct) || await ShrinkAsync(deployment, newest, old, all, ct)
            : await scaler.ResizeAsync(deployment, newest, Replicas(deployment), ct));
        if (!moved && DeploymentStatus.IsComplete(deployment, deployment.Status)) await CleanUpAsync(deployment, all, newest, ct);
        return (deployment, DeploymentStatus.WithProgress(deployment, all, newest, context.NowSeconds, times));
    }

    /// <summary>Deletes the oldest unused ReplicaSets beyond the history limit.</summary>
    public async Task CleanUpAsync(V1Deployment deployment, IEnumerable<V1ReplicaSet> all, V1ReplicaSet? newest, CancellationToken ct)
    {
        if (deployment.Spec.RevisionHistoryLimit is not { } limit || limit == int.MaxValue) return;
        var old = all.Where(set => set.Metadata.Uid != newest?.Metadata.Uid && set.Metadata.DeletionTimestamp is null)
            .OrderBy(set => DeploymentAnnotations.RevisionOf(set.Metadata.Annotations)).ThenBy(CreatedAt).ToList();
        foreach (var set in old.Take(Math.Max(0, old.Count - limit)))
        {
            if (set.Status?.Replicas > 0 || Replicas(set) != 0 || set.Metadata.Generation > (set.Status?.ObservedGeneration ?? 0)) continue;
            try
            {
                await context.Client.DeleteAsync(Kinds.ReplicaSets, set.Metadata.NamespaceProperty, set.Metadata.Name, new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = set.Metadata.Uid } }, ct);
            }
            catch (StatusException e) when (e.Code is 404 or 409) { } // gone already
        }
    }

    /// <summary>Recreate: scales the old ReplicaSets to nothing and tells when their Pods are gone.</summary>
    private async Task<bool> OldAreGoneAsync(V1Deployment deployment, List<V1ReplicaSet> sets, CancellationToken ct)
    {
        var newest = ReplicaSetHistory.Newest(deployment, sets);
        var scaled = false;
        var running = false;
        for (var i = 0; i < sets.Count; i++)
        {
            if (sets[i].Metadata.Uid == newest?.Metadata.Uid) continue;
            if (Replicas(sets[i]) > 0)
            {
                sets[i] = await scaler.ScaleAsync(deployment, sets[i], 0, ct);
                scaled = true;
            }
            running |= sets[i].Status?.Replicas > 0 || context.Caches.PodsByController.Get(sets[i].Metadata.Uid).Any(pod => !PodState.IsTerminal(pod));
        }
        return !scaled && !running;
    }

    private async Task<bool> GrowAsync(V1Deployment deployment, V1ReplicaSet newest, List<V1ReplicaSet> all, CancellationToken ct)
    {
        var (size, replicas) = (Replicas(newest), Replicas(deployment));
        if (size == replicas) return false;
        return await scaler.ResizeAsync(deployment, newest, size > replicas ? replicas : NewestSize(deployment, all, size), ct);
    }

    /// <summary>Takes Pods from the old ReplicaSets: first those that do not serve anyway, then as many as may be missing.</summary>
    private async Task<bool> ShrinkAsync(V1Deployment deployment, V1ReplicaSet newest, List<V1ReplicaSet> old, List<V1ReplicaSet> all, CancellationToken ct)
    {
        var minAvailable = Replicas(deployment) - MaxUnavailable(deployment);
        var room = all.Sum(Replicas) - minAvailable - (Replicas(newest) - Available(newest));
        if (room <= 0 || old.Sum(Replicas) == 0) return false;

        old = [.. old.OrderBy(CreatedAt)];
        var cleaned = await TakeAsync(deployment, old, room, set => Replicas(set) - Available(set), ct);
        // A ReplicaSet's status lags behind its size: what it counts beyond that is on its way out already.
        var spare = old.Append(newest).Sum(set => Math.Min(Available(set), Replicas(set))) - minAvailable;
        var taken = await TakeAsync(deployment, old, spare, Replicas, ct);
        return cleaned || taken;
    }

    private async Task<bool> TakeAsync(V1Deployment deployment, List<V1ReplicaSet> old, int budget, Func<V1ReplicaSet, int> most, CancellationToken ct)
    {
        var taken = 0;
        for (var i = 0; i < old.Count && taken < budget; i++)
        {
            var count = Math.Min(budget - taken, Math.Min(Replicas(old[i]), most(old[i])));
            if (count <= 0) continue;
            old[i] = await scaler.ScaleAsync(deployment, old[i], Replicas(old[i]) - count, ct);
            taken += count;
        }
        return taken > 0;
    }
}
