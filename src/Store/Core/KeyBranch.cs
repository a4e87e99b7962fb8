namespace Coxswain.Store.Core;

/// <summary>
/// Children in key order. Separator i is at or below every key of child i and above every key of child i-1; separator 0 stands for
/// "everything lower", whatever it says.
/// </summary>
internal sealed class KeyBranch(object owner) : KeyNode(owner)
{
    private readonly string[] _separators = new string[Capacity];
    private readonly KeyNode[] _children = new KeyNode[Capacity];
    private int _count;

    public override int Count => _count;
    public string FirstSeparator => _separators[0];
    public ref KeyNode this[int child] => ref _children[child];

    public static KeyBranch Over(object owner, KeyNode left, string separator, KeyNode right)
    {
        var branch = new KeyBranch(owner);
        branch.Insert(0, separator, left);
        branch.Insert(1, separator, right);
        return branch;
    }

    /// <summary>The child in which the bound falls.</summary>
    public int ChildAt(in Bound bound)
    {
        int low = 1, high = Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (bound.IsAbove(_separators[middle])) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }

    public override int Rank(in Bound bound)
    {
        var child = ChildAt(bound);
        var before = 0;
        for (var i = 0; i < child; i++) before += _children[i].Count;
        return before + _children[child].Rank(bound);
    }

    public override void CopyTo(int start, Span<StoredValue> target)
    {
        for (var i = 0; target.Length > 0; i++)
        {
            var count = _children[i].Count;
            if (start < count)
            {
                var take = Math.Min(count - start, target.Length);
                _children[i].CopyTo(start, target[..take]);
                target = target[take..];
            }
            start = Math.Max(0, start - count);
        }
    }

    public KeyBranch OwnedBy(object owner)
    {
        if (Owner == owner) return this;
        var copy = new KeyBranch(owner) { Length = Length, _count = _count };
        Array.Copy(_separators, copy._separators, Length);
        Array.Copy(_children, copy._children, Length);
        return copy;
    }

    /// <summary>Takes in a child; returns the new right neighbour when the branch had to be split.</summary>
    public KeyBranch? Add(int at, string separator, KeyNode child)
    {
        if (Length < Capacity)
        {
            Insert(at, separator, child);
            return null;
        }
        var right = Split(at);
        if (at <= Length && Length < Capacity) Insert(at, separator, child);
        else right.Insert(at - Length, separator, child);
        return right;
    }

    /// <summary>To be called after a child's count changed by <paramref name="difference"/>.</summary>
    public void Adjust(int difference) => _count += difference;

    /// <summary>Drops an empty child.</summary>
    public void Drop(int child)
    {
        CloseSlot(_separators, Length, child);
        CloseSlot(_children, Length, child);
        Length--;
    }

    /// <summary>Joins child <paramref name="left"/> with its right neighbour when both fit in one node with room to spare.</summary>
    public void TryJoin(int left)
    {
        if (left < 0 || left + 1 >= Length) return;
        KeyNode a = _children[left], b = _children[left + 1];
        if (a.Length + b.Length > Capacity * 3 / 4) return;
        if (a is KeyLeaf leaf)
        {
            leaf = leaf.OwnedBy(Owner);
            leaf.Append((KeyLeaf)b);
            _children[left] = leaf;
        }
        else
        {
            var branch = ((KeyBranch)a).OwnedBy(Owner);
            branch.Append((KeyBranch)b, _separators[left + 1]);
            _children[left] = branch;
        }
        Drop(left + 1);
    }

    private void Append(KeyBranch right, string separator)
    {
        Array.Copy(right._separators, 0, _separators, Length, right.Length);
        Array.Copy(right._children, 0, _children, Length, right.Length);
        _separators[Length] = separator;
        Length += right.Length;
        _count += right._count;
    }

    private KeyBranch Split(int insertAt)
    {
        var at = insertAt == Capacity ? Capacity : Capacity / 2;
        var right = new KeyBranch(Owner) { Length = Capacity - at };
        Array.Copy(_separators, at, right._separators, 0, right.Length);
        Array.Copy(_children, at, right._children, 0, right.Length);
        Array.Clear(_separators, at, right.Length);
        Array.Clear(_children, at, right.Length);
        Length = at;
        for (var i = 0; i < right.Length; i++) right._count += right._children[i].Count;
        _count -= right._count;
        return right;
    }

    private void Insert(int at, string separator, KeyNode child)
    {
        OpenSlot(_separators, Length, at, separator);
        OpenSlot(_children, Length, at, child);
        Length++;
        _count += child.Count;
    }
}
