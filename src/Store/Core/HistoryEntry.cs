namespace Coxswain.Store.Core;

/// <summary>One event as <see cref="History"/> holds it. A class, so that a slot of the ring changes in one step.</summary>
internal sealed class HistoryEntry(FeedEvent change)
{
    // The event's own objects; and what a decoded object costs beside its JSON, roughly.
    private const int Overhead = 64;
    private const int AttachedFactor = 4;

    public FeedEvent Event { get; } = change;
    public long Revision => Event.Revision;

    /// <summary>What this entry keeps alive that would else be garbage: the superseded value, and a deletion's own.</summary>
    public long Charge { get; } = Overhead + SizeOf(change.Previous) + (change.Type == FeedEventType.Deleted ? SizeOf(change.Value) : 0);

    private static long SizeOf(StoredValue? value) => value switch
    {
        null => 0,
        { Attachment: null } => value.Bytes.Length,
        _ => value.Bytes.Length * AttachedFactor,
    };
}
