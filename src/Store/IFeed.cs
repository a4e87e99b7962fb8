namespace Coxswain.Store;

/// <summary>What happened to a key.</summary>
public enum FeedEventType { Created, Updated, Deleted }

/// <param name="Value">The new value; for Deleted, the last one, with the deletion's revision.</param>
/// <param name="Previous">What the key held before; null for Created. Lets a filtered watch tell when an object left its selection.</param>
public readonly record struct FeedEvent(FeedEventType Type, StoredValue Value, StoredValue? Previous)
{
    public long Revision => Value.Revision;
}

/// <summary>One reader's place in the log. Not safe for use from two threads.</summary>
public interface IFeed : IDisposable
{
    /// <summary>Waits for the next events and returns those at hand (at least one), in order; empty when the store closes.</summary>
    /// <exception cref="FeedExpiredException">The reader fell out of the held history.</exception>
    ValueTask<IReadOnlyList<FeedEvent>> ReadAsync(CancellationToken ct);

    /// <summary>Every event up to this revision that matches the prefix has been returned; moves on even when nothing matches (for bookmarks).</summary>
    long Progress { get; }
}

/// <summary>The revision asked for is older than what the store still holds.</summary>
public sealed class FeedExpiredException(long requested, long oldest) : Exception($"revision {requested} is older than the oldest one held, {oldest}")
{
    public long Requested { get; } = requested;
    public long Oldest { get; } = oldest;
}

/// <summary>The store could not make a write durable (disk full, file gone ...). The write did not happen.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
