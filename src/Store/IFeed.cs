namespace Coxswain.Store;

/// <summary>One reader's place in the log. Not safe for use from two threads.</summary>
public interface IFeed : IDisposable
{
    /// <summary>Waits for the next events and returns those at hand (at least one), in order; empty when the store closes.</summary>
    /// <exception cref="FeedExpiredException">The reader fell out of the held history.</exception>
    ValueTask<IReadOnlyList<FeedEvent>> ReadAsync(CancellationToken ct);

    /// <summary>Every event up to this revision that matches the prefix has been returned; moves on even when nothing matches (for bookmarks).</summary>
    long Progress { get; }
}
