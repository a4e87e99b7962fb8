namespace Coxswain.Store.Core;

/// <summary>Values in key order.</summary>
internal sealed class KeyLeaf(object owner) : KeyNode(owner)
{
    private readonly StoredValue[] _values = new StoredValue[Capacity];

    public override int Count => Length;
    public string FirstKey => _values[0].Key;

    public override int Rank(in Bound bound)
    {
        int low = 0, high = Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (bound.IsAbove(_values[middle].Key)) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    public StoredValue? Find(string key) => IndexOf(key, out var index) ? _values[index] : null;

    public override void CopyTo(int start, Span<StoredValue> target) => _values.AsSpan(start, target.Length).CopyTo(target);

    public KeyLeaf OwnedBy(object owner)
    {
        if (Owner == owner) return this;
        var copy = new KeyLeaf(owner) { Length = Length };
        Array.Copy(_values, copy._values, Length);
        return copy;
    }

    /// <summary>Puts the value in its place; returns the new right neighbour when the leaf had to be split.</summary>
    public KeyLeaf? Set(StoredValue value)
    {
        if (IndexOf(value.Key, out var index))
        {
            _values[index] = value;
            return null;
        }
        var right = Length == Capacity ? Split(index) : null;
        if (index <= Length && Length < Capacity) Insert(index, value);
        else right!.Insert(index - Length, value);
        return right;
    }

    public bool Remove(string key)
    {
        if (!IndexOf(key, out var index)) return false;
        CloseSlot(_values, Length--, index);
        return true;
    }

    /// <summary>Takes in everything of the right neighbour.</summary>
    public void Append(KeyLeaf right)
    {
        Array.Copy(right._values, 0, _values, Length, right.Length);
        Length += right.Length;
    }

    // Keys that come in rising order (names with a counter) leave full leaves behind instead of half-full ones.
    private KeyLeaf Split(int insertAt)
    {
        var at = insertAt == Capacity ? Capacity : Capacity / 2;
        var right = new KeyLeaf(Owner) { Length = Capacity - at };
        Array.Copy(_values, at, right._values, 0, right.Length);
        Array.Clear(_values, at, right.Length);
        Length = at;
        return right;
    }

    private void Insert(int index, StoredValue value) => OpenSlot(_values, Length++, index, value);

    private bool IndexOf(string key, out int index)
    {
        index = Rank(Bound.Before(key));
        return index < Length && string.Equals(_values[index].Key, key, StringComparison.Ordinal);
    }
}
