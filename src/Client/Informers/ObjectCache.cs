using System.Diagnostics.CodeAnalysis;
using k8s;
using k8s.Models;
using Coxswain.Api;

namespace Coxswain.Client;

/// <summary>What an informer knows: the newest seen state of each object. Safe for many readers; the objects are shared, never change them.</summary>
public sealed class ObjectCache<T> where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NamespacedName, T> _objects = []; // under _lock, as are the indexes' maps
    private readonly List<ObjectIndex<T>> _indexes = [];

    public ObjectCache() => ByNamespace = AddIndex(value => [value.Metadata.NamespaceProperty ?? ""]);

    public ObjectIndex<T> ByNamespace { get; }

    public int Count
    {
        get { lock (_lock) return _objects.Count; }
    }

    /// <summary>Adds an index over what is cached now and later.</summary>
    /// <param name="keysOf">The keys an object stands under; must be a pure function of the object.</param>
    public ObjectIndex<T> AddIndex(Func<T, IEnumerable<string>> keysOf)
    {
        var index = new ObjectIndex<T>(_lock, keysOf);
        lock (_lock)
        {
            foreach (var (name, value) in _objects) index.Replace(name, null, value);
            _indexes.Add(index);
        }
        return index;
    }

    public T? Get(NamespacedName name)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault(name);
        }
    }

    public T? Get(string? ns, string name) => Get(new NamespacedName(ns ?? "", name));

    public bool TryGet(NamespacedName name, [NotNullWhen(true)] out T? value) => (value = Get(name)) is not null;

    /// <summary>All objects, in no order; a copy that later changes do not touch.</summary>
    public IReadOnlyList<T> List()
    {
        lock (_lock)
        {
            return [.. _objects.Values];
        }
    }

    /// <summary>The objects of a namespace; all for null or empty.</summary>
    public IReadOnlyList<T> List(string? ns) => string.IsNullOrEmpty(ns) ? List() : ByNamespace.Get(ns);

    /// <returns>What stood there before.</returns>
    internal T? Set(NamespacedName name, T? value)
    {
        lock (_lock)
        {
            var old = _objects.GetValueOrDefault(name);
            if (value is null) _objects.Remove(name);
            else _objects[name] = value;
            foreach (var index in _indexes) index.Replace(name, old, value);
            return old;
        }
    }

    internal IReadOnlyList<NamespacedName> Names()
    {
        lock (_lock)
        {
            return [.. _objects.Keys];
        }
    }
}
