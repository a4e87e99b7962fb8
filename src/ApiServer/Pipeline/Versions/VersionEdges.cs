using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline.Versions;

/// <summary>Every version that is served beside the stored one.</summary>
internal static class VersionEdges
{
    public static IEnumerable<VersionEdge> Of(ResourceType stored)
    {
        if (ReferenceEquals(stored, Kinds.Deployments)) yield return Beta(Kinds.Deployments, "v1beta2", orphansByDefault: true);
        else if (ReferenceEquals(stored, Kinds.ReplicaSets)) yield return Beta(Kinds.ReplicaSets, "v1beta2", orphansByDefault: true);
        else if (ReferenceEquals(stored, Kinds.DaemonSets)) yield return Beta(Kinds.DaemonSets, "v1beta2", orphansByDefault: true);
        else if (ReferenceEquals(stored, Kinds.ControllerRevisions)) yield return Beta(Kinds.ControllerRevisions, "v1beta2");
        else if (ReferenceEquals(stored, Kinds.Events)) yield return new EventsEdge();
        else if (ReferenceEquals(stored, Kinds.SelfSubjectReviews)) yield return Beta(Kinds.SelfSubjectReviews, "v1beta1");
    }

    /// <summary>
    /// What upstream serves no more. apps/v1beta2, until 1.15: manifests of that time are still around. authentication.k8s.io/v1beta1: the only one that <c>auth whoami</c> of
    /// kubectl 1.27 knows.
    /// </summary>
    private static SameShapeEdge Beta<T>(ResourceType<T> stored, string version, bool orphansByDefault = false) where T : class, IKubernetesObject<V1ObjectMeta>, new() => new(stored, new ResourceType<T>
    {
        Group = stored.Group,
        Version = version,
        Resource = stored.Resource,
        Kind = stored.Kind,
        Namespaced = stored.Namespaced,
        ShortNames = stored.ShortNames,
        Categories = stored.Categories,
    }, orphansByDefault);
}
