namespace Coxswain.Store.Core;

/// <summary>Makes the next version of a <see cref="KeyTree"/>. Nodes it made itself are changed in place, so a batch copies a shared path once.</summary>
internal sealed class KeyTreeEditor(KeyTree tree)
{
    private KeyNode _root = tree.Root;

    public StoredValue? Find(string key) => KeyTree.Find(_root, key);

    /// <summary>Freezes the result; the editor must not be used afterwards.</summary>
    public KeyTree ToTree() => new(_root);

    public void Set(StoredValue value)
    {
        var (right, separator) = Set(ref _root, value);
        if (right is not null) _root = KeyBranch.Over(this, _root, separator!, right);
    }

    public bool Remove(string key)
    {
        if (Find(key) is null) return false; // no path is copied in vain
        Remove(ref _root, key);
        while (_root is KeyBranch { Length: 1 } branch) _root = branch[0];
        return true;
    }

    private (KeyNode? Right, string? Separator) Set(ref KeyNode node, StoredValue value)
    {
        if (node is KeyLeaf leaf)
        {
            leaf = leaf.OwnedBy(this);
            node = leaf;
            var rightLeaf = leaf.Set(value);
            return (rightLeaf, rightLeaf?.FirstKey);
        }

        var branch = ((KeyBranch)node).OwnedBy(this);
        node = branch;
        var child = branch.ChildAt(Bound.After(value.Key));
        var before = branch[child].Count;
        var (right, separator) = Set(ref branch[child], value);
        branch.Adjust(branch[child].Count - before);
        if (right is null) return default;
        var rightBranch = branch.Add(child + 1, separator!, right);
        return (rightBranch, rightBranch?.FirstSeparator);
    }

    private void Remove(ref KeyNode node, string key)
    {
        if (node is KeyLeaf leaf)
        {
            leaf = leaf.OwnedBy(this);
            node = leaf;
            leaf.Remove(key);
            return;
        }

        var branch = ((KeyBranch)node).OwnedBy(this);
        node = branch;
        var child = branch.ChildAt(Bound.After(key));
        Remove(ref branch[child], key);
        branch.Adjust(-1);
        if (branch[child].Count == 0 && branch.Length > 1)
        {
            branch.Drop(child);
            return;
        }
        branch.TryJoin(child);
        branch.TryJoin(child - 1);
    }
}
