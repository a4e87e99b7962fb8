using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>
/// What of an object the shared caches hold. ConfigMaps and Secrets may be 1 MiB each, twice that once decoded, and controllers read nothing of them but their metadata
/// (but for the one ConfigMap that a controller writes).
/// </summary>
internal static class CacheTransforms
{
    /// <summary>Null for types that are held whole.</summary>
    public static Func<T, T>? Of<T>()
    {
        if (typeof(T) == typeof(V1ConfigMap)) return (Func<T, T>)(object)(Func<V1ConfigMap, V1ConfigMap>)WithoutData;
        if (typeof(T) == typeof(V1Secret)) return (Func<T, T>)(object)(Func<V1Secret, V1Secret>)WithoutData;
        return null;
    }

    private static V1ConfigMap WithoutData(V1ConfigMap value) => value.Metadata.Name == RootCaPublisher.MapName ? value : value with { Data = null, BinaryData = null };

    private static V1Secret WithoutData(V1Secret value) => value with { Data = null, StringData = null };
}
