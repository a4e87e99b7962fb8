using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>One kind as the garbage collector sees it: metadata, and the calls it needs, whatever the C# type.</summary>
internal abstract class OwnedKind(ResourceType type, TimeProvider time)
{
    public ResourceType Type => type;

    /// <summary>Objects of this kind to be looked at.</summary>
    public WorkQueue<NamespacedName> Queue { get; } = new(time);

    public abstract IKubernetesObject<V1ObjectMeta>? Get(NamespacedName name);
    public abstract IReadOnlyList<IKubernetesObject<V1ObjectMeta>> DependentsOf(string ownerUid);
    /// <summary>As <see cref="DependentsOf"/>, from the API itself: what the cache does not show yet is among them.</summary>
    /// <param name="ns">The owner's; empty when it is in none, and its dependents may be anywhere.</param>
    public abstract Task<IReadOnlyList<IKubernetesObject<V1ObjectMeta>>> FetchDependentsAsync(string ns, string ownerUid, CancellationToken ct);
    public abstract int CountDependents(string ownerUid);
    public abstract IKubernetesObject<V1ObjectMeta>? FindByUid(string uid);
    public abstract void OnChange(Action<OwnedKind, IKubernetesObject<V1ObjectMeta>?, IKubernetesObject<V1ObjectMeta>?> handler);

    /// <summary>Asks the API itself; null when there is none.</summary>
    public abstract Task<IKubernetesObject<V1ObjectMeta>?> FetchAsync(NamespacedName name, CancellationToken ct);
    /// <summary>Goes on silently when the object is gone or is another one by now.</summary>
    public abstract Task DeleteAsync(IKubernetesObject<V1ObjectMeta> value, string propagation, CancellationToken ct);
    /// <inheritdoc cref="DeleteAsync"/>
    public abstract Task PatchAsync(IKubernetesObject<V1ObjectMeta> value, Patch patch, CancellationToken ct);

    /// <summary>One for each type, typed inside.</summary>
    public sealed class Factory(ControllerContext context) : IResourceTypeVisitor<OwnedKind>
    {
        public OwnedKind Visit<T>(ResourceType<T> type) where T : class, IKubernetesObject<V1ObjectMeta>, new() => new Typed<T>(context, type);
    }

    private sealed class Typed<T> : OwnedKind where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        private readonly IApiClient _client;
        private readonly ResourceType<T> _type;
        private readonly Informer<T> _informer;
        private readonly ObjectIndex<T> _byOwner;

        public Typed(ControllerContext context, ResourceType<T> type) : base(type, context.Time)
        {
            (_client, _type, _informer) = (context.Client, type, context.Caches.For(type));
            _byOwner = _informer.Cache.AddIndex(static value => value.Metadata.OwnerReferences is { Count: > 0 } owners ? owners.Select(owner => owner.Uid).Distinct() : []);
        }

        public override IKubernetesObject<V1ObjectMeta>? Get(NamespacedName name) => _informer.Cache.Get(name);

        public override IReadOnlyList<IKubernetesObject<V1ObjectMeta>> DependentsOf(string ownerUid) => _byOwner.Get(ownerUid);

        public override async Task<IReadOnlyList<IKubernetesObject<V1ObjectMeta>>> FetchDependentsAsync(string ns, string ownerUid, CancellationToken ct)
        {
            if (ns.Length > 0 && !_type.Namespaced) return []; // an owner in a namespace cannot hold what is in none
            var all = await _client.ListAsync(_type, ns.Length > 0 ? ns : null, new ListOptions(), ct);
            return [.. all.Items.Where(value => value.Metadata.OwnerReferences?.Any(owner => owner.Uid == ownerUid) == true)];
        }

        public override int CountDependents(string ownerUid) => _byOwner.Count(ownerUid);

        // Walks over all: asked only about references that are wrong already.
        public override IKubernetesObject<V1ObjectMeta>? FindByUid(string uid) => _informer.Cache.List().FirstOrDefault(value => value.Metadata.Uid == uid);

        public override void OnChange(Action<OwnedKind, IKubernetesObject<V1ObjectMeta>?, IKubernetesObject<V1ObjectMeta>?> handler) =>
            _informer.AddHandler(change => handler(this, change.Old, change.New));

        public override async Task<IKubernetesObject<V1ObjectMeta>?> FetchAsync(NamespacedName name, CancellationToken ct)
        {
            try
            {
                return await _client.GetAsync(_type, name.Namespace, name.Name, ct);
            }
            catch (StatusException e) when (e.Code == 404)
            {
                return null;
            }
        }

        public override async Task DeleteAsync(IKubernetesObject<V1ObjectMeta> value, string propagation, CancellationToken ct)
        {
            // The resourceVersion too: an owner that was added a moment ago must save the object.
            var options = new V1DeleteOptions { PropagationPolicy = propagation, Preconditions = new V1Preconditions { Uid = value.Metadata.Uid, ResourceVersion = value.Metadata.ResourceVersion } };
            try
            {
                await _client.DeleteAsync(_type, value.Metadata.NamespaceProperty, value.Metadata.Name, options, ct);
            }
            catch (StatusException e) when (e.Code == 404) { } // gone already
        }

        public override async Task PatchAsync(IKubernetesObject<V1ObjectMeta> value, Patch patch, CancellationToken ct)
        {
            try
            {
                await _client.PatchAsync(_type, value.Metadata.NamespaceProperty, value.Metadata.Name, patch, null, ct);
            }
            catch (StatusException e) when (e.Code == 404) { } // gone already
        }
    }
}
