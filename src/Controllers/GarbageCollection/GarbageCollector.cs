using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>
/// Deletes what has lost all its owners, and carries out the three ways an owner can be deleted: Background (the dependents follow), Foreground (the
/// dependents go first, held by the finalizer <c>foregroundDeletion</c>), Orphan (the dependents stay and forget their owner).
/// </summary>
internal sealed class GarbageCollector : IControlLoop
{
    private const string Foreground = "foregroundDeletion";
    private const string Orphan = "orphan";

    private readonly ControllerContext _context;
    private readonly OwnerGraph _graph;

    public GarbageCollector(ControllerContext context, IEnumerable<ResourceType> types)
    {
        _context = context;
        var factory = new OwnedKind.Factory(context);
        _graph = new OwnerGraph(types.Select(type => type.Accept(factory)));
        foreach (var kind in _graph.Kinds) kind.OnChange(OnChange);
    }

    public string Name => "generic-garbage-collector";

    public Task RunAsync(CancellationToken ct) =>
        _context.RunAsync([.. _graph.Kinds.Select(kind => new Controller($"{Name} ({kind.Type.GroupResource})", new KindReconciler(this, kind), kind.Queue, _context.Logger))], workers: 2, ct);

    private void OnChange(OwnedKind kind, IKubernetesObject<V1ObjectMeta>? old, IKubernetesObject<V1ObjectMeta>? value)
    {
        if (value is null) OnGone(old!);
        else if (NeedsLook(value)) kind.Queue.Add(KeyOf(value));
        if (old is not null && value is not null && LostReference(old, value)) EnqueueOwners(old); // may have been the last that blocked its owner
    }

    private void OnGone(IKubernetesObject<V1ObjectMeta> value)
    {
        foreach (var (kind, dependent) in _graph.DependentsOf(value.Metadata.Uid)) kind.Queue.Add(KeyOf(dependent));
        EnqueueOwners(value);
    }

    private void EnqueueOwners(IKubernetesObject<V1ObjectMeta> value)
    {
        foreach (var reference in value.Metadata.OwnerReferences ?? [])
        {
            if (_graph.KindOf(reference) is { } kind) kind.Queue.Add(OwnerName(kind, reference, value));
        }
    }

    /// <summary>Cheap and from memory: nearly every change of an object is none of the collector's business.</summary>
    private bool NeedsLook(IKubernetesObject<V1ObjectMeta> value)
    {
        if (value.Metadata.DeletionTimestamp is not null && value.Metadata.Finalizers is { Count: > 0 } finalizers && (finalizers.Contains(Foreground) || finalizers.Contains(Orphan))) return true;
        foreach (var reference in value.Metadata.OwnerReferences ?? [])
        {
            if (_graph.KindOf(reference) is not { } kind) continue;
            var owner = kind.Get(OwnerName(kind, reference, value));
            if (owner is null || owner.Metadata.Uid != reference.Uid || IsWaiting(owner)) return true;
        }
        return false;
    }

    private static bool LostReference(IKubernetesObject<V1ObjectMeta> old, IKubernetesObject<V1ObjectMeta> value)
    {
        if (old.Metadata.OwnerReferences is not { Count: > 0 } before || ReferenceEquals(before, value.Metadata.OwnerReferences)) return false;
        foreach (var reference in before)
        {
            if (reference.BlockOwnerDeletion == true && value.Metadata.OwnerReferences?.Any(now => now.Uid == reference.Uid && now.BlockOwnerDeletion == true) != true) return true;
        }
        return false;
    }

    private async Task ReconcileAsync(OwnedKind kind, NamespacedName key, CancellationToken ct)
    {
        if (kind.Get(key) is not { } value) return;
        if (value.Metadata.DeletionTimestamp is not null)
        {
            if (value.Metadata.Finalizers?.Contains(Orphan) == true) await OrphanAsync(kind, value, ct);
            else if (value.Metadata.Finalizers?.Contains(Foreground) == true) await WaitForDependentsAsync(kind, value, ct);
            return; // whoever is going needs no one to delete it
        }
        if (value.Metadata.OwnerReferences is { Count: > 0 }) await CollectAsync(kind, value, ct);
    }

    /// <summary>Deletes the object if no owner is left, or takes the references to lost owners off it if another one still holds it.</summary>
    private async Task CollectAsync(OwnedKind kind, IKubernetesObject<V1ObjectMeta> value, CancellationToken ct)
    {
        var (solid, waiting) = (new List<V1OwnerReference>(), new List<V1OwnerReference>());
        foreach (var reference in value.Metadata.OwnerReferences)
        {
            var state = await StateOfAsync(kind, value, reference, ct);
            if (state == OwnerState.Solid) solid.Add(reference);
            else if (state == OwnerState.Waiting) waiting.Add(reference);
        }
        if (solid.Count > 0)
        {
            if (solid.Count < value.Metadata.OwnerReferences.Count) await kind.PatchAsync(value, MetadataPatch.WithOwners(value, solid), ct);
        }
        else if (waiting.Count > 0 && _graph.HasDependents(value.Metadata.Uid))
        {
            await BreakCircleAsync(kind, value, ct);
        }
        else
        {
            var policy = value.Metadata.Finalizers switch { { } own when own.Contains(Orphan) => "Orphan", { } own when own.Contains(Foreground) => "Foreground", _ => "Background" };
            await kind.DeleteAsync(value, policy, ct);
        }
    }

    /// <summary>An owner in foreground deletion waits for this object, which has dependents too: it goes the same way. One that waits for itself in a circle must not block.</summary>
    private async Task BreakCircleAsync(OwnedKind kind, IKubernetesObject<V1ObjectMeta> value, CancellationToken ct)
    {
        if (_graph.DependentsOf(value.Metadata.Uid).Any(dependent => IsWaiting(dependent.Value)))
        {
            await kind.PatchAsync(value, MetadataPatch.WithOwners(value, value.Metadata.OwnerReferences.Select(reference => reference with { BlockOwnerDeletion = false })), ct);
            return; // the patch brings the object back, unblocking
        }
        await kind.DeleteAsync(value, "Foreground", ct);
    }

    private async Task WaitForDependentsAsync(OwnedKind kind, IKubernetesObject<V1ObjectMeta> value, CancellationToken ct)
    {
        var blocked = false;
        foreach (var (dependentKind, dependent) in _graph.DependentsOf(value.Metadata.Uid))
        {
            blocked |= dependent.Metadata.OwnerReferences.Any(reference => reference.Uid == value.Metadata.Uid && reference.BlockOwnerDeletion == true);
            if (!IsWaiting(dependent)) dependentKind.Queue.Add(KeyOf(dependent));
        }
        // One that the cache does not show yet blocks, too; once it shows, it is looked at and brings the owner back.
        if (!blocked && !await IsBlockedAsync(value, ct)) await RemoveFinalizerAsync(kind, value, Foreground, ct);
    }

    private async Task<bool> IsBlockedAsync(IKubernetesObject<V1ObjectMeta> owner, CancellationToken ct)
    {
        foreach (var kind in _graph.Kinds)
        {
            var dependents = await kind.FetchDependentsAsync(owner.Metadata.NamespaceProperty ?? "", owner.Metadata.Uid, ct);
            if (dependents.Any(dependent => dependent.Metadata.OwnerReferences.Any(reference => reference.Uid == owner.Metadata.Uid && reference.BlockOwnerDeletion == true))) return true;
        }
        return false;
    }

    private async Task OrphanAsync(OwnedKind kind, IKubernetesObject<V1ObjectMeta> value, CancellationToken ct)
    {
        foreach (var dependentKind in _graph.Kinds)
        {
            // Not from the cache: a dependent that it does not show yet would keep its reference, and be deleted for it.
            foreach (var dependent in await dependentKind.FetchDependentsAsync(value.Metadata.NamespaceProperty ?? "", value.Metadata.Uid, ct))
            {
                await dependentKind.PatchAsync(dependent, MetadataPatch.WithOwners(dependent, dependent.Metadata.OwnerReferences.Where(reference => reference.Uid != value.Metadata.Uid)), ct);
            }
        }
        await RemoveFinalizerAsync(kind, value, Orphan, ct);
    }

    private static Task RemoveFinalizerAsync(OwnedKind kind, IKubernetesObject<V1ObjectMeta> value, string finalizer, CancellationToken ct) =>
        kind.PatchAsync(value, MetadataPatch.WithFinalizers(value, value.Metadata.Finalizers.Where(other => other != finalizer)), ct);

    private async Task<OwnerState> StateOfAsync(OwnedKind kind, IKubernetesObject<V1ObjectMeta> value, V1OwnerReference reference, CancellationToken ct)
    {
        if (_graph.KindOf(reference) is not { } ownerKind) return OwnerState.Solid; // not served: nobody can say that it is gone
        if (ownerKind.Type.Namespaced && !kind.Type.Namespaced)
        {
            ReportBadOwner(kind, value, reference);
            return OwnerState.Solid; // an owner in a namespace cannot hold what is in none; such objects are left alone
        }
        var name = OwnerName(ownerKind, reference, value);
        var owner = ownerKind.Get(name);
        if (owner?.Metadata.Uid != reference.Uid) owner = await ownerKind.FetchAsync(name, ct); // the cache may be behind: before deleting anything, ask
        if (owner?.Metadata.Uid == reference.Uid) return IsWaiting(owner!) ? OwnerState.Waiting : OwnerState.Solid;
        if (ownerKind.Type.Namespaced && owner is null) ReportIfElsewhere(kind, value, reference, ownerKind);
        return OwnerState.Gone;
    }

    // References never cross namespaces: an owner of the same uid elsewhere does not count, which surprises people.
    private void ReportIfElsewhere(OwnedKind kind, IKubernetesObject<V1ObjectMeta> value, V1OwnerReference reference, OwnedKind ownerKind)
    {
        if (ownerKind.FindByUid(reference.Uid) is not null) ReportBadOwner(kind, value, reference);
    }

    private void ReportBadOwner(OwnedKind kind, IKubernetesObject<V1ObjectMeta> value, V1OwnerReference reference)
    {
        var about = new V1ObjectReference { ApiVersion = kind.Type.ApiVersion, Kind = kind.Type.Kind, NamespaceProperty = value.Metadata.NamespaceProperty, Name = value.Metadata.Name, Uid = value.Metadata.Uid };
        _context.Events.Record(about, "Warning", "OwnerRefInvalidNamespace",
            $"ownerRef [{reference.ApiVersion}/{reference.Kind}, namespace: {value.Metadata.NamespaceProperty}, name: {reference.Name}, uid: {reference.Uid}] does not exist in namespace \"{value.Metadata.NamespaceProperty}\"");
    }

    private static bool IsWaiting(IKubernetesObject<V1ObjectMeta> owner) => owner.Metadata.DeletionTimestamp is not null && owner.Metadata.Finalizers?.Contains(Foreground) == true;

    private static NamespacedName OwnerName(OwnedKind kind, V1OwnerReference reference, IKubernetesObject<V1ObjectMeta> dependent) =>
        new(kind.Type.Namespaced ? dependent.Metadata.NamespaceProperty ?? "" : "", reference.Name);

    private static NamespacedName KeyOf(IKubernetesObject<V1ObjectMeta> value) => new(value.Metadata.NamespaceProperty ?? "", value.Metadata.Name);

    private enum OwnerState { Solid, Waiting, Gone }

    private sealed class KindReconciler(GarbageCollector collector, OwnedKind kind) : IReconciler
    {
        public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
        {
            await collector.ReconcileAsync(kind, key, ct);
            return ReconcileResult.Done;
        }
    }
}
