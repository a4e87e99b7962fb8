using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline.Versions;

/// <summary>Every version that is served beside the stored one.</summary>
internal static class VersionEdges
{
    public static IEnumerable<VersionEdge> Of(ResourceType stored)
    {
        if (ReferenceEquals(stored, Kinds.Deployments)) yield return Beta(Kinds.Deployments);
        else if (ReferenceEquals(stored, Kinds.ReplicaSets)) yield return Beta(Kinds.ReplicaSets);
        else if (ReferenceEquals(stored, Kinds.DaemonSets)) yield return Beta(Kinds.DaemonSets);
        else if (ReferenceEquals(stored, Kinds.ControllerRevisions)) yield return Beta(Kinds.ControllerRevisions);
        else if (ReferenceEquals(stored, Kinds.Events)) yield return new EventsEdge();
    }

    /// <summary>apps/v1beta2, which upstream served until 1.15: manifests of that time are still around.</summary>
    private static SameShapeEdge Beta<T>(ResourceType<T> stored) where T : class, IKubernetesObject<V1ObjectMeta>, new() => new(stored, new ResourceType<T>
    {
        Group = stored.Group,
        Version = "v1beta2",
        Resource = stored.Resource,
        Kind = stored.Kind,
        Namespaced = stored.Namespaced,
        ShortNames = stored.ShortNames,
        Categories = stored.Categories,
    });
}
