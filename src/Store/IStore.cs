namespace Coxswain.Store;

/// <summary>
/// A log of keys and bytes with one order. Each accepted write gets the next revision; a write is acknowledged once it is durable (as far as the
/// implementation is) and visible to readers. Reads are served from memory and never wait for a write.
/// </summary>
/// <remarks>
/// Keys are ordinal strings such as <c>/registry/pods/default/web-0</c>. Values are opaque bytes with a slot in which the store writes the
/// revision as decimal digits. Deleted keys leave an event in the feed that carries the last value.
/// </remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>The newest revision that readers can see; 0 in a new store.</summary>
    long Revision { get; }

    /// <summary>Feeds can start from this revision or any later one; earlier events are gone from memory.</summary>
    long OldestRevision { get; }

    /// <summary>
    /// Proposes one write. Writes of many callers are checked in order and committed in one batch. A write that was cancelled did not happen; once it is
    /// being committed it can no longer be cancelled.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The write could not be made durable; it did not happen.</exception>
    ValueTask<WriteResult> WriteAsync(Proposal proposal, CancellationToken ct);

    /// <summary>The newest value of a key, or null.</summary>
    StoredValue? Get(string key);

    /// <summary>All live values whose key starts with <paramref name="prefix"/>, in key order, together with the revision they are true at.</summary>
    /// <param name="after">Only keys after this one (exclusive), or null: for continued lists.</param>
    /// <param name="limit">At most so many, 0 for all; <see cref="RangeResult.Remaining"/> counts the rest.</param>
    /// <param name="revision">0 for the newest; else the past revision to show the range at.</param>
    /// <returns>Null when <paramref name="revision"/> is older than <see cref="OldestRevision"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="revision"/> is newer than <see cref="Revision"/>.</exception>
    RangeResult? Range(string prefix, string? after = null, int limit = 0, long revision = 0);

    /// <summary>How many live keys start with <paramref name="prefix"/>.</summary>
    int Count(string prefix);

    /// <summary>
    /// Every event after <paramref name="fromRevision"/> whose key starts with <paramref name="prefix"/>, in revision order, no gap and no
    /// duplicate. <paramref name="fromRevision"/> may lie in the future. A reader that is slow is caught up from history; one that falls out of history gets <see cref="FeedExpiredException"/>.
    /// </summary>
    /// <exception cref="FeedExpiredException"><paramref name="fromRevision"/> is older than <see cref="OldestRevision"/>.</exception>
    IFeed Subscribe(string prefix, long fromRevision);

    /// <summary>Forgets history up to and including <paramref name="revision"/> (or the newest one, if that is lower); live values stay.</summary>
    ValueTask CompactAsync(long revision, CancellationToken ct);

    /// <summary>
    /// Whether a write would succeed now. When one has just succeeded that is the answer, at no cost; otherwise the store tries its disk, behind the writes that wait, and
    /// one try answers all who ask meanwhile. Nothing is tried unless somebody asks. The answer comes within five seconds, also from a disk that hangs.
    /// </summary>
    ValueTask<StoreHealth> CheckHealthAsync(CancellationToken ct);
}
