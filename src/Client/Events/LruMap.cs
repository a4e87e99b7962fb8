using System.Diagnostics.CodeAnalysis;

namespace Coxswain.Client;

/// <summary>A map of bounded size: when full, the least recently used entry goes. Not safe for use from two threads.</summary>
internal sealed class LruMap<TKey, TValue>(int capacity) where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<KeyValuePair<TKey, TValue>>> _nodes = [];
    private readonly LinkedList<KeyValuePair<TKey, TValue>> _byUse = new(); // most recent first

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (!_nodes.TryGetValue(key, out var node)) return false;
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        value = node.Value.Value;
        return true;
    }

    public void Set(TKey key, TValue value)
    {
        if (_nodes.Remove(key, out var old)) _byUse.Remove(old);
        else if (_nodes.Count == capacity)
        {
            _nodes.Remove(_byUse.Last!.Value.Key);
            _byUse.RemoveLast();
        }
        _nodes[key] = _byUse.AddFirst(new KeyValuePair<TKey, TValue>(key, value));
    }
}
