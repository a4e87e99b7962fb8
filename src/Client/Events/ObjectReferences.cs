using k8s;
using k8s.Models;
using Coxswain.Api;

namespace Coxswain.Client;

/// <summary>References to objects, as Events and endpoints carry them.</summary>
public static class ObjectReferences
{
    /// <param name="fieldPath">The part meant, such as <c>spec.containers{web}</c>; null for the whole.</param>
    public static V1ObjectReference To<T>(ResourceType<T> type, T value, string? fieldPath = null) where T : class, IKubernetesObject<V1ObjectMeta>, new() => new()
    {
        ApiVersion = type.ApiVersion,
        Kind = type.Kind,
        Name = value.Metadata.Name,
        NamespaceProperty = value.Metadata.NamespaceProperty,
        Uid = value.Metadata.Uid,
        ResourceVersion = value.Metadata.ResourceVersion,
        FieldPath = fieldPath,
    };
}
