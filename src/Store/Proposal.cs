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
/// <param name="RevisionSlot">Where in <paramref name="Value"/> the store inserts the revision's digits; -1 for nowhere. For a delete that carries the last stored bytes: where
/// in those the digits of their own revision stand, which the deletion's replace.</param>
/// <param name="ExpectedRevision">Compare-and-set: the revision the key must be at; 0 for any.</param>
/// <param name="Attachment">What the store puts on the resulting <see cref="StoredValue.Attachment"/>; called with the revision, on the writer, so it must be quick and must not throw.</param>
public sealed record Proposal(WriteKind Kind, string Key, ReadOnlyMemory<byte> Value, int RevisionSlot = -1, long ExpectedRevision = 0, Func<long, object?>? Attachment = null)
{
    /// <summary>A delete whose event carries the last stored bytes.</summary>
    internal bool CarriesLast => Kind == WriteKind.Delete && Value.IsEmpty;

    /// <summary>Throws when the proposal itself makes no sense, before it is taken on.</summary>
    internal void Check()
    {
        if (CarriesLast && RevisionSlot >= 0 && ExpectedRevision == 0) throw new ArgumentException("a slot in the last bytes needs the revision that they are at");
        ArgumentException.ThrowIfNullOrEmpty(Key);
        ArgumentOutOfRangeException.ThrowIfLessThan(RevisionSlot, -1);
        if (!CarriesLast) ArgumentOutOfRangeException.ThrowIfGreaterThan(RevisionSlot, Value.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(ExpectedRevision);
    }
}
