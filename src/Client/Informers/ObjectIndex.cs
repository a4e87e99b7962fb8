using k8s;
using k8s.Models;
using Coxswain.Api;

namespace Coxswain.Client;

/// <summary>Finds cached objects by something other than their name: namespace, owner's uid, node ... Kept by the <see cref="ObjectCache{T}"/> that made it.</summary>
public sealed class ObjectIndex<T> where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Lock _lock;
    private readonly Func<T, IEnumerable<string>> _keysOf;
    private readonly Dictionary<string, Dictionary<NamespacedName, T>> _byKey = new(StringComparer.Ordinal); // under _lock; no empty inner maps

    internal ObjectIndex(Lock cacheLock, Func<T, IEnumerable<string>> keysOf) => (_lock, _keysOf) = (cacheLock, keysOf);

    /// <summary>The objects under a key, in no order; a copy that later changes do not touch.</summary>
    public IReadOnlyList<T> Get(string key)
    {
        lock (_lock)
        {
            return _byKey.TryGetValue(key, out var found) ? [.. found.Values] : [];
        }
    }

    public int Count(string key)
    {
        lock (_lock)
        {
            return _byKey.TryGetValue(key, out var found) ? found.Count : 0;
        }
    }

    /// <summary>All keys that at least one object has.</summary>
    public IReadOnlyList<string> Keys()
    {
        lock (_lock)
        {
            return [.. _byKey.Keys];
        }
    }

    // Callers hold the cache's lock.
    internal void Replace(NamespacedName name, T? old, T? value)
    {
        if (old is not null) foreach (var key in _keysOf(old)) Remove(key, name);
        if (value is null) return;
        foreach (var key in _keysOf(value))
        {
            if (!_byKey.TryGetValue(key, out var objects)) _byKey[key] = objects = [];
            objects[name] = value;
        }
    }

    private void Remove(string key, NamespacedName name)
    {
        if (!_byKey.TryGetValue(key, out var objects)) return;
        objects.Remove(name);
        if (objects.Count == 0) _byKey.Remove(key);
    }
}
