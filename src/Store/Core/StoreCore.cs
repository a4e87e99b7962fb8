namespace Coxswain.Store.Core;

/// <summary>
/// What all stores of one process share: the newest snapshot, the history behind it and the feeds on top. Readers come from any thread and take no
/// lock; the writing side (<see cref="Begin"/>, <see cref="Publish"/>, <see cref="Forget"/>) belongs to one thread at a time.
/// </summary>
internal sealed class StoreCore
{
    private readonly FeedHub _feeds = new();
    private Snapshot _snapshot;

    public StoreCore(StoreOptions options, KeyTree tree, long revision)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.HistoryEvents, 1);
        _snapshot = new Snapshot(tree, revision);
        History = new History(options.HistoryEvents, options.HistoryBytes, revision);
        _feeds.Published(revision, []);
    }

    public History History { get; }
    public long Revision => Snapshot.Revision;
    public long OldestRevision => History.Oldest;

    private Snapshot Snapshot => Volatile.Read(ref _snapshot);

    public StoredValue? Get(string key) => Snapshot.Tree.Find(key);

    public int Count(string prefix)
    {
        var tree = Snapshot.Tree;
        return tree.Rank(Bound.PastPrefix(prefix)) - tree.Rank(Bound.Before(prefix));
    }

    public RangeResult? Range(string prefix, string? after, int limit, long revision)
    {
        var snapshot = Snapshot;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(revision, snapshot.Revision);
        if (revision > 0 && revision < snapshot.Revision) return new PastRange(History, prefix, after).Read(snapshot, limit, revision);

        var (start, end) = RanksOf(snapshot.Tree, prefix, after);
        var last = limit > 0 && limit < end - start ? start + limit : end;
        return new RangeResult(snapshot.Tree.Slice(start, last), snapshot.Revision, end - last);
    }

    public Feed Subscribe(string prefix, long fromRevision)
    {
        var feed = new Feed(this, _feeds, prefix, fromRevision);
        _feeds.Add(feed); // before the check: what is published from here on is announced to the feed
        if (fromRevision >= OldestRevision) return feed;
        feed.Dispose();
        throw new FeedExpiredException(fromRevision, OldestRevision);
    }

    public Batch Begin() => new(Snapshot);

    /// <summary>Makes the batch visible. In this order: history, snapshot, feeds; a feed that is told of a revision finds it, and finds it readable.</summary>
    public void Publish(Batch batch)
    {
        if (batch.Events.Count == 0) return;
        foreach (var change in batch.Events) History.Append(change);
        Volatile.Write(ref _snapshot, batch.ToSnapshot());
        Interlocked.MemoryBarrier(); // a feed that is not in the set read below was added after this, and its first look finds the batch
        _feeds.Published(batch.Revision, batch.Events);
    }

    public void Forget(long revision) => History.Forget(revision);

    /// <summary>Ends all feeds.</summary>
    public void Close() => _feeds.Close();

    /// <summary>The ranks (first, one past the last) of the keys with the prefix that come after <paramref name="after"/>.</summary>
    internal static (int Start, int End) RanksOf(KeyTree tree, string prefix, string? after)
    {
        var start = tree.Rank(Bound.Before(prefix));
        if (after is not null) start = Math.Max(start, tree.Rank(Bound.After(after)));
        return (start, Math.Max(start, tree.Rank(Bound.PastPrefix(prefix))));
    }
}
