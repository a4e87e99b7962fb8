namespace Coxswain.Store;

/// <summary>One reader's place in the log. Not safe for use from two threads.</summary>
public interface IFeed : IDisposable
{
    /// <summary>Waits for the next events and returns those at hand (at least one), in order; empty when the store closes.</summary>
    /// <exception cref="FeedExpiredException">The reader fell out of the held history.</exception>
    ValueTask<IReadOnlyList<FeedEvent>> ReadAsync(CancellationToken ct);

    /// <summary>
    /// Every event up to this revision that matches the prefix has been returned, to a reader that has come back for more since; moves on even when nothing matches (for
    /// bookmarks). May be asked while a read is under way: what that is about to return does not count.
    /// </summary>
    long Progress { get; }
}
