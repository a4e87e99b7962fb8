using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>The informers that controllers share, and the indexes that several of them use.</summary>
internal sealed class SharedCaches
{
    private readonly InformerSet _informers;

    public SharedCaches(InformerSet informers)
    {
        _informers = informers;
        Pods = informers.For(Kinds.Pods);
        PodsByController = Pods.Cache.AddIndex(ControllerKeys);
        PodsByNode = Pods.Cache.AddIndex(static pod => PodState.IsScheduled(pod) ? [pod.Spec.NodeName] : []);
        ReplicaSets = informers.For(Kinds.ReplicaSets);
        ReplicaSetsByController = ReplicaSets.Cache.AddIndex(ControllerKeys);
    }

    public Informer<V1Pod> Pods { get; }
    /// <summary>By the managing owner's uid; those without one by <see cref="OrphansOf"/>.</summary>
    public ObjectIndex<V1Pod> PodsByController { get; }
    public ObjectIndex<V1Pod> PodsByNode { get; }
    public Informer<V1ReplicaSet> ReplicaSets { get; }
    /// <inheritdoc cref="PodsByController"/>
    public ObjectIndex<V1ReplicaSet> ReplicaSetsByController { get; }

    public Task HasSynced => _informers.HasSynced;

    public Informer<T> For<T>(ResourceType<T> type) where T : class, IKubernetesObject<V1ObjectMeta>, new() => _informers.For(type, CacheTransforms.Of<T>());

    /// <summary>The key under which a namespace's objects without a managing owner stand.</summary>
    public static string OrphansOf(string ns) => $"orphans/{ns}";

    /// <summary>The managing owner's uid, or <see cref="OrphansOf"/>.</summary>
    public static string[] ControllerKeys(IMetadata<V1ObjectMeta> value) =>
        [OwnerReferences.ControllerOf(value)?.Uid ?? OrphansOf(value.Metadata.NamespaceProperty)];
}
