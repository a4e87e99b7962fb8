namespace Coxswain.Store.Core;

/// <summary>
/// A cursor in the history. The history is every feed's queue: publishing only tells a feed the first revision it has to read, so a slow reader costs
/// nothing but the history that is held anyway, and a reader whose prefix is quiet never expires.
/// </summary>
internal sealed class Feed(StoreCore core, FeedHub hub, string prefix, long fromRevision) : IFeed
{
    private const int MaxEvents = 1024;
    private const long Nothing = long.MaxValue;

    private readonly Lock _gate = new(); // held for a few instructions only: publishing takes it too
    private long _announced = fromRevision + 1; // the first unread revision that may match
    private long _cursor = fromRevision; // the reader's own
    private long _handed = Nothing; // the first revision of what is being read, or was returned to a reader that has not come back for more
    private TaskCompletionSource? _waiter;
    private bool _closed;

    public string Prefix { get; } = prefix;

    public long Progress
    {
        get
        {
            var published = hub.Revision; // first: whatever matched up to here has been announced
            lock (_gate) return _handed != Nothing ? _handed - 1 : Math.Max(_cursor, _announced == Nothing ? published : _announced - 1);
        }
    }

    public async ValueTask<IReadOnlyList<FeedEvent>> ReadAsync(CancellationToken ct)
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            if (TakeAnnounced(out var revision) is { } wait) await wait.WaitAsync(ct);
            else if (revision == Nothing) return [];
            else if (ReadFrom(revision) is { Count: > 0 } events) return events;
        }
    }

    /// <summary>The publisher's call: the first revision of a batch that matches.</summary>
    public void Announce(long revision)
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            _announced = Math.Min(_announced, revision);
            (waiter, _waiter) = (_waiter, null);
        }
        waiter?.TrySetResult();
    }

    /// <summary>The reader gets what is left, then the end.</summary>
    public void Close()
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            _closed = true;
            (waiter, _waiter) = (_waiter, null);
        }
        waiter?.TrySetResult();
    }

    public void Dispose()
    {
        hub.Remove(this);
        Close();
    }

    /// <returns>Something to wait for, or null when there is something to read; then <paramref name="revision"/> is <see cref="Nothing"/> if the feed ended.</returns>
    private Task? TakeAnnounced(out long revision)
    {
        lock (_gate)
        {
            revision = _announced;
            _announced = Nothing;
            _handed = revision == Nothing ? Nothing : Math.Max(revision, _cursor + 1);
            if (revision != Nothing || _closed) return null;
            _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task;
        }
    }

    private List<FeedEvent> ReadFrom(long revision)
    {
        // Read after the announcement was taken: a batch that is not in here yet will be announced anew.
        var visible = core.Revision;
        var events = new List<FeedEvent>();
        var next = Math.Max(revision, _cursor + 1);
        for (; next <= visible && events.Count < MaxEvents; next++)
        {
            if (core.History.Find(next) is not { Event: var change }) throw Expired();
            if (change.Value.Key.StartsWith(Prefix, StringComparison.Ordinal)) events.Add(change);
        }
        _cursor = Math.Max(_cursor, next - 1);
        if (next <= visible) Announce(next);
        return events;
    }

    private FeedExpiredException Expired()
    {
        Announce(_cursor + 1); // every later read finds the same
        return new FeedExpiredException(_cursor, core.OldestRevision);
    }
}
