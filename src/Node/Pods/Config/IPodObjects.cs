using k8s.Models;

namespace Coxswain.Node.Pods.Config;

/// <summary>The API objects that one Pod refers to, kept fresh while the Pod lives.</summary>
internal interface IPodObjects
{
    /// <returns>Null when there is none of that name in the Pod's namespace.</returns>
    ValueTask<V1ConfigMap?> ConfigMapAsync(string name, CancellationToken ct);

    /// <inheritdoc cref="ConfigMapAsync"/>
    ValueTask<V1Secret?> SecretAsync(string name, CancellationToken ct);

    /// <summary>The Services of all namespaces.</summary>
    ValueTask<IReadOnlyCollection<V1Service>> ServicesAsync(CancellationToken ct);
}
