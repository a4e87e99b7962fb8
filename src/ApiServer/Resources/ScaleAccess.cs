using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Resources;

/// <summary>How /scale reads and writes a kind's replica count.</summary>
public abstract class ScaleAccess
{
    public abstract V1Scale Read(IKubernetesObject<V1ObjectMeta> value);
    public abstract void Write(IKubernetesObject<V1ObjectMeta> value, int replicas);
}

/// <param name="selector">The label selector in its string form, for <c>status.selector</c>.</param>
public sealed class ScaleAccess<T>(Func<T, int> specReplicas, Func<T, int> statusReplicas, Func<T, string> selector, Action<T, int> write) : ScaleAccess
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    public override V1Scale Read(IKubernetesObject<V1ObjectMeta> value) => new()
    {
        ApiVersion = "autoscaling/v1",
        Kind = "Scale",
        Metadata = new V1ObjectMeta
        {
            Name = value.Metadata.Name,
            NamespaceProperty = value.Metadata.NamespaceProperty,
            Uid = value.Metadata.Uid,
            ResourceVersion = value.Metadata.ResourceVersion,
            CreationTimestamp = value.Metadata.CreationTimestamp,
        },
        Spec = new V1ScaleSpec { Replicas = specReplicas((T)value) },
        Status = new V1ScaleStatus { Replicas = statusReplicas((T)value), Selector = selector((T)value) },
    };

    public override void Write(IKubernetesObject<V1ObjectMeta> value, int replicas) => write((T)value, replicas);
}
