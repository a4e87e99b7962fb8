using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Quotas;

/// <summary>What one write will take once it is committed, held for it until then. Disposing it gives back what was not used.</summary>
/// <param name="key">Of the object in the store.</param>
internal sealed class QuotaCharge(NamespaceQuotas owner, ResourceType type, string key, IKubernetesObject<V1ObjectMeta> value) : IDisposable
{
    public ResourceType Type => type;
    public string Key => key;
    public IKubernetesObject<V1ObjectMeta> Value => value;

    public void Dispose() => owner.Release(this);
}
