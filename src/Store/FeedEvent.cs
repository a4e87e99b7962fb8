namespace Coxswain.Store;

/// <summary>What happened to a key.</summary>
public enum FeedEventType { Created, Updated, Deleted }

/// <summary>One change.</summary>
/// <param name="Value">The new value; for Deleted, the last one, with the deletion's revision.</param>
/// <param name="Previous">What the key held before; null for Created. Lets a filtered watch tell when an object left its selection.</param>
public readonly record struct FeedEvent(FeedEventType Type, StoredValue Value, StoredValue? Previous)
{
    public long Revision => Value.Revision;

    /// <summary>A deletion whose value is the previous one, but for the digits of its revision: a log that has that need not have this.</summary>
    internal bool CarriesLast { get; init; }
}
