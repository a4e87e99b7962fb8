namespace Coxswain.Store;

/// <summary>What a write does with its key.</summary>
public enum WriteKind
{
    /// <summary>The key must not exist.</summary>
    Create,
    /// <summary>The key must exist, at <see cref="Proposal.ExpectedRevision"/> unless that is 0.</summary>
    Update,
    /// <summary>As Update, but the key is gone afterwards.</summary>
    Delete,
}

/// <summary>One proposed change.</summary>
/// <param name="Value">The new bytes; the store takes a copy. For a delete: the bytes that the feed's event carries, or empty to carry the last stored ones.</param>
/// <param name="RevisionSlot">Where in <paramref name="Value"/> the store inserts the revision's digits; -1 for nowhere.</param>
/// <param name="ExpectedRevision">Compare-and-set: the revision the key must be at; 0 for any.</param>
/// <param name="Attachment">What the store puts on the resulting <see cref="StoredValue.Attachment"/>; called with the revision, on the writer, so it must be quick and must not throw.</param>
public sealed record Proposal(WriteKind Kind, string Key, ReadOnlyMemory<byte> Value, int RevisionSlot = -1, long ExpectedRevision = 0, Func<long, object?>? Attachment = null)
{
    /// <summary>Throws when the proposal itself makes no sense, before it is taken on.</summary>
    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(Key);
        ArgumentOutOfRangeException.ThrowIfLessThan(RevisionSlot, -1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RevisionSlot, Value.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(ExpectedRevision);
    }
}

/// <param name="Succeeded">False when the key was not in the expected state: nothing was written.</param>
/// <param name="Revision">The revision given to the write, or the store's newest when it failed.</param>
/// <param name="Value">What was written (for a delete: the event's value); when it failed, what the key holds now, or null when it does not exist.</param>
public readonly record struct WriteResult(bool Succeeded, long Revision, StoredValue? Value);

/// <summary>One key at one revision. Immutable but for <see cref="Attachment"/>.</summary>
/// <param name="Revision">Of the last write to the key.</param>
/// <param name="CreateRevision">Of the write that created it.</param>
public sealed record StoredValue(string Key, ReadOnlyMemory<byte> Bytes, long Revision, long CreateRevision)
{
    /// <summary>Anything a reader derived from the bytes and wants to derive only once (a decoded object, labels). A benign race: the last one stays.</summary>
    public object? Attachment { get; set; }
}

/// <param name="Revision">The revision at which the values are true.</param>
/// <param name="Remaining">How many more keys follow the last one returned.</param>
public sealed record RangeResult(IReadOnlyList<StoredValue> Values, long Revision, int Remaining);
