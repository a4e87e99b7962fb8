using System.Collections.Concurrent;
using Coxswain.Node.Pods.Config;
using k8s.Models;

namespace Coxswain.Node.Objects;

/// <summary>One Pod's references, taken as they are first asked for and given back with the Pod.</summary>
/// <param name="changed">An object referred to has changed: only wake someone there.</param>
internal sealed class PodObjects(NodeObjects node, string ns, Action changed) : IPodObjects, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<ObjectWatches<V1ConfigMap>.Reference>> _maps = new();
    private readonly ConcurrentDictionary<string, Lazy<ObjectWatches<V1Secret>.Reference>> _secrets = new();

    public ValueTask<V1ConfigMap?> ConfigMapAsync(string name, CancellationToken ct) =>
        _maps.GetOrAdd(name, n => new(() => node.ConfigMaps.Acquire(new(ns, n), changed))).Value.GetAsync(ct);

    public ValueTask<V1Secret?> SecretAsync(string name, CancellationToken ct) =>
        _secrets.GetOrAdd(name, n => new(() => node.Secrets.Acquire(new(ns, n), changed))).Value.GetAsync(ct);

    public ValueTask<IReadOnlyCollection<V1Service>> ServicesAsync(CancellationToken ct) => node.ServicesAsync(ct);

    public async ValueTask DisposeAsync()
    {
        foreach (var reference in _maps.Values) await reference.Value.DisposeAsync();
        foreach (var reference in _secrets.Values) await reference.Value.DisposeAsync();
    }
}
