using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>One kind's share of a namespace that is going.</summary>
internal abstract class NamespaceContent(ResourceType type)
{
    public ResourceType Type => type;

    /// <summary>Calls back with the namespace of each object of this kind that is gone.</summary>
    public abstract void OnGone(Action<string> handler);

    /// <summary>Asks for the deletion of all and tells what is still there.</summary>
    public abstract Task<Remaining> DeleteAllAsync(string ns, CancellationToken ct);

    /// <param name="Finalizers">The finalizers that hold objects back, and how many each.</param>
    public sealed record Remaining(int Count, IReadOnlyDictionary<string, int> Finalizers);

    public sealed class Factory(ControllerContext context) : IResourceTypeVisitor<NamespaceContent>
    {
        public NamespaceContent Visit<T>(ResourceType<T> type) where T : class, IKubernetesObject<V1ObjectMeta>, new() => new Typed<T>(context, type);
    }

    private sealed class Typed<T>(ControllerContext context, ResourceType<T> type) : NamespaceContent(type) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        private readonly ResourceType<T> _type = type;
        private readonly Informer<T> _informer = context.Caches.For(type);

        public override void OnGone(Action<string> handler) => _informer.AddHandler(change =>
        {
            if (change.IsDelete) handler(change.Value.Metadata.NamespaceProperty);
        });

        public override async Task<Remaining> DeleteAllAsync(string ns, CancellationToken ct)
        {
            await context.Client.DeleteCollectionAsync(_type, ns, new ListOptions(), new V1DeleteOptions { PropagationPolicy = "Background" }, ct);
            var left = await context.Client.ListAsync(_type, ns, new ListOptions(), ct); // the API itself: the cache may be behind, and the namespace is about to vanish
            var finalizers = left.Items.SelectMany(item => item.Metadata.Finalizers ?? []).GroupBy(finalizer => finalizer).ToDictionary(group => group.Key, group => group.Count());
            return new Remaining(left.Items.Count, finalizers);
        }
    }
}
