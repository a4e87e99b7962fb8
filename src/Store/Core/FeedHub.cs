namespace Coxswain.Store.Core;

/// <summary>Knows the feeds and tells each when something with its prefix was published. Feeds of one prefix are matched once.</summary>
internal sealed class FeedHub
{
    private readonly Lock _gate = new(); // for changes of the set; a feed's own lock is never taken under it
    private Dictionary<string, Feed[]> _feeds = new(StringComparer.Ordinal); // replaced whole
    private long _revision;
    private bool _closed;

    /// <summary>Every feed has been told of all up to this revision.</summary>
    public long Revision => Volatile.Read(ref _revision);

    public void Add(Feed feed)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                Change(feeds => feeds[feed.Prefix] = [.. feeds.GetValueOrDefault(feed.Prefix, []), feed]);
                return;
            }
        }
        feed.Close();
    }

    public void Remove(Feed feed) => Change(feeds =>
    {
        Feed[] others = [.. feeds.GetValueOrDefault(feed.Prefix, []).Where(f => f != feed)];
        if (others.Length == 0) feeds.Remove(feed.Prefix);
        else feeds[feed.Prefix] = others;
    });

    public void Published(long revision, IReadOnlyList<FeedEvent> events)
    {
        foreach (var (prefix, feeds) in Volatile.Read(ref _feeds))
        {
            if (FirstMatch(prefix, events) is not { } first) continue;
            foreach (var feed in feeds) feed.Announce(first);
        }
        Volatile.Write(ref _revision, revision);
    }

    public void Close()
    {
        lock (_gate) _closed = true; // the set grows no more
        foreach (var feed in Volatile.Read(ref _feeds).Values.SelectMany(f => f)) feed.Close();
    }

    private static long? FirstMatch(string prefix, IReadOnlyList<FeedEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Value.Key.StartsWith(prefix, StringComparison.Ordinal)) return events[i].Revision;
        }
        return null;
    }

    private void Change(Action<Dictionary<string, Feed[]>> change)
    {
        lock (_gate)
        {
            var feeds = new Dictionary<string, Feed[]>(_feeds, StringComparer.Ordinal);
            change(feeds);
            Volatile.Write(ref _feeds, feeds);
        }
    }
}
