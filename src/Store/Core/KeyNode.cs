namespace Coxswain.Store.Core;

/// <summary>A node of a <see cref="KeyTree"/>. Frozen once its editor is done.</summary>
internal abstract class KeyNode(object owner)
{
    public const int Capacity = 32;

    /// <summary>The editor that made the node and may change it in place; all others copy it first.</summary>
    public object Owner { get; } = owner;

    /// <summary>Slots in use.</summary>
    public int Length { get; set; }

    /// <summary>Values in the whole subtree.</summary>
    public abstract int Count { get; }

    /// <summary>How many of the subtree's keys lie below the bound.</summary>
    public abstract int Rank(in Bound bound);

    /// <summary>Copies the values from rank <paramref name="start"/> on until <paramref name="target"/> is full.</summary>
    public abstract void CopyTo(int start, Span<StoredValue> target);

    protected static void OpenSlot<T>(T[] slots, int length, int at, T item)
    {
        Array.Copy(slots, at, slots, at + 1, length - at);
        slots[at] = item;
    }

    protected static void CloseSlot<T>(T[] slots, int length, int at)
    {
        Array.Copy(slots, at + 1, slots, at, length - at - 1);
        slots[length - 1] = default!;
    }
}
