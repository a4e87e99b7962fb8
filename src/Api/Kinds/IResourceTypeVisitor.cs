using k8s;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>What to do with each kind, whatever its C# type. See <see cref="ResourceType.Accept"/>.</summary>
public interface IResourceTypeVisitor<out TResult>
{
    TResult Visit<T>(ResourceType<T> type) where T : class, IKubernetesObject<V1ObjectMeta>, new();
}
