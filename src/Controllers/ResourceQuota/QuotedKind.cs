using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>One kind as quotas see it: how much of it there is in a namespace. It shares the cache that is there anyway.</summary>
internal abstract class QuotedKind(ResourceType type)
{
    public ResourceType Type => type;

    /// <summary>Calls back with the namespace whenever what the kind takes there may have changed.</summary>
    public abstract void OnUsage(Action<ResourceType, string> handler);

    /// <summary>Adds what the namespace's objects take to <paramref name="used"/>, in the order of the rules' names.</summary>
    /// <returns>When that will change with time alone; null for never.</returns>
    public abstract DateTime? AddUsage(string ns, QuotaRules rules, Quantity[] used, DateTime now);

    public sealed class Factory(ControllerContext context) : IResourceTypeVisitor<QuotedKind>
    {
        public QuotedKind Visit<T>(ResourceType<T> type) where T : class, IKubernetesObject<V1ObjectMeta>, new() => new Typed<T>(context.Caches.For(type));
    }

    private sealed class Typed<T>(Informer<T> informer) : QuotedKind(informer.Type) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        public override void OnUsage(Action<ResourceType, string> handler) => informer.AddHandler(change =>
        {
            if (!change.IsUpdate || MayDiffer(change.Old!, change.New!)) handler(Type, change.Value.Metadata.NamespaceProperty);
        });

        public override DateTime? AddUsage(string ns, QuotaRules rules, Quantity[] used, DateTime now)
        {
            if (!rules.Charged.Contains(Type)) return null;
            if (rules.PlainCount(Type) is { } one)
            {
                Add(used, one, informer.Cache.ByNamespace.Count(ns));
                return null;
            }
            DateTime? changes = null;
            foreach (var value in informer.Cache.ByNamespace.Get(ns))
            {
                if (rules.Measure(Type, value, now) is not { } usage) continue;
                Add(used, usage, 1);
                if (QuotaUsage.OverdueAt(value) is { } at && at >= now && !(at > changes)) changes = at;
            }
            return changes;
        }

        /// <summary>A Pod's status changes often, and seldom what it takes.</summary>
        private static bool MayDiffer(T old, T value) => (old, value) switch
        {
            (V1Pod before, V1Pod pod) => PodState.IsTerminal(before) != PodState.IsTerminal(pod) || before.Metadata.DeletionTimestamp != pod.Metadata.DeletionTimestamp
                || before.Metadata.Generation != pod.Metadata.Generation,
            (V1Service, V1Service) => true,
            _ => false,
        };

        private static void Add(Quantity[] used, Quantity[] usage, int times)
        {
            for (var i = 0; i < used.Length; i++) used[i] += times == 1 ? usage[i] : Quantity.FromInt64(usage[i].Value * times);
        }
    }
}
