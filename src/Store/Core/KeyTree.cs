namespace Coxswain.Store.Core;

/// <summary>
/// The live values at one revision, in key order: a B+ tree that never changes once made. A change copies the few nodes on its path and shares the
/// rest, so readers hold a tree as long as they like without a lock, and subtree counts make prefix counts and continued lists cheap.
/// </summary>
internal sealed class KeyTree(KeyNode root)
{
    public static KeyTree Empty { get; } = new(new KeyLeaf(new object()));

    public KeyNode Root { get; } = root;
    public int Count => Root.Count;

    public StoredValue? Find(string key) => Find(Root, key);

    /// <summary>How many keys lie below the bound.</summary>
    public int Rank(in Bound bound) => Root.Rank(bound);

    /// <summary>The values from rank <paramref name="start"/> to rank <paramref name="end"/> (exclusive).</summary>
    public StoredValue[] Slice(int start, int end)
    {
        if (start >= end) return [];
        var values = new StoredValue[end - start];
        Root.CopyTo(start, values);
        return values;
    }

    public static StoredValue? Find(KeyNode node, string key)
    {
        var bound = Bound.After(key);
        while (node is KeyBranch branch) node = branch[branch.ChildAt(bound)];
        return ((KeyLeaf)node).Find(key);
    }
}
