using k8s;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>Who owns whom: <c>metadata.ownerReferences</c>.</summary>
public static class OwnerReferences
{
    /// <summary>The one owner that manages the object, or null.</summary>
    public static V1OwnerReference? ControllerOf(IMetadata<V1ObjectMeta> value)
    {
        if (value.Metadata?.OwnerReferences is not { Count: > 0 } owners) return null;
        foreach (var owner in owners) if (owner.Controller == true) return owner;
        return null;
    }

    /// <summary>Whether <paramref name="owner"/> manages the object; by uid, because names come again.</summary>
    public static bool IsControlledBy(IMetadata<V1ObjectMeta> value, IMetadata<V1ObjectMeta> owner) =>
        ControllerOf(value) is { } controller && controller.Uid == owner.Metadata.Uid;

    /// <summary>The reference a controller puts on what it makes for <paramref name="owner"/>.</summary>
    public static V1OwnerReference ControllerReference<T>(ResourceType<T> type, T owner) where T : class, IKubernetesObject<V1ObjectMeta>, new() => new()
    {
        ApiVersion = type.ApiVersion,
        Kind = type.Kind,
        Name = owner.Metadata.Name,
        Uid = owner.Metadata.Uid,
        Controller = true,
        BlockOwnerDeletion = true,
    };
}
