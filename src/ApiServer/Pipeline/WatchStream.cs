using Coxswain.Api;
using Coxswain.Store;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>One watcher's events in order. Read by one reader at a time; dispose when done.</summary>
public sealed class WatchStream : IDisposable
{
    private readonly ResourceEndpoint _endpoint;
    private readonly Selection _selection;
    private readonly IFeed? _feed;
    private readonly bool _bookmarks;
    private readonly bool _shared;
    private readonly CancellationTokenSource _closed = new();
    private IReadOnlyList<WatchFrame>? _initial;
    // A read of the feed that a bookmark overtook; it goes on until it has something.
    private Task<IReadOnlyList<FeedEvent>>? _pending;
    private Task? _bookmarkDue;
    private bool _ended;

    internal WatchStream(ResourceEndpoint endpoint, Selection selection, IReadOnlyList<WatchFrame> initial, IFeed? feed, bool bookmarks, bool shared)
    {
        (_endpoint, _selection, _feed, _bookmarks, _shared) = (endpoint, selection, feed, bookmarks, shared);
        _initial = initial.Count > 0 ? initial : null;
        if (shared) endpoint.Stored.AddSharedReader();
    }

    /// <summary>Waits for the next events and returns those at hand; empty when the server ends the watch (shutdown, or after an Error frame).</summary>
    public async ValueTask<IReadOnlyList<WatchFrame>> ReadAsync(CancellationToken ct)
    {
        if (_initial is { } initial)
        {
            _initial = null;
            return initial;
        }
        while (_feed is not null && !_ended)
        {
            try
            {
                var events = _bookmarks ? await ReadOrBookmarkAsync(_feed, ct) : await _feed.ReadAsync(ct);
                if (events is null) return [_endpoint.Bookmark(_feed.Progress, endsInitial: false)];
                if (events.Count == 0) break;
                var frames = FramesOf(events);
                if (frames.Count > 0) return frames;
            }
            catch (FeedExpiredException e)
            {
                _ended = true;
                return [WatchFrame.Of(TooOld(e))];
            }
        }
        _ended = true;
        return [];
    }

    /// <summary>Null when a bookmark is due.</summary>
    private async ValueTask<IReadOnlyList<FeedEvent>?> ReadOrBookmarkAsync(IFeed feed, CancellationToken ct)
    {
        _pending ??= feed.ReadAsync(_closed.Token).AsTask();
        if (!_pending.IsCompleted)
        {
            _bookmarkDue ??= Task.Delay(_endpoint.Core.Options.BookmarkInterval, _endpoint.Core.Time, _closed.Token);
            await Task.WhenAny(_pending, _bookmarkDue).WaitAsync(ct);
        }
        if (_pending.IsCompleted)
        {
            var events = await _pending;
            _pending = null;
            return events;
        }
        _bookmarkDue = null;
        return null;
    }

    private List<WatchFrame> FramesOf(IReadOnlyList<FeedEvent> events)
    {
        var frames = new List<WatchFrame>(events.Count);
        for (var i = 0; i < events.Count; i++)
        {
            if (FrameOf(events[i]) is { } frame) frames.Add(frame);
        }
        return frames;
    }

    /// <summary>What this watcher sees of a change: an object that comes into its selection is added, one that leaves it is deleted.</summary>
    private WatchFrame? FrameOf(in FeedEvent e)
    {
        var value = e.Value;
        if (_selection.IsEmpty)
        {
            var type = e.Type switch { FeedEventType.Created => WatchFrameType.Added, FeedEventType.Updated => WatchFrameType.Modified, _ => WatchFrameType.Deleted };
            return new WatchFrame(type, _endpoint.JsonOf(value), e.Revision, value);
        }
        var before = e.Previous is not null && _selection.Matches(e.Previous);
        if (e.Type == FeedEventType.Deleted) return before || (e.Previous is null && _selection.Matches(value)) ? Frame(WatchFrameType.Deleted, value, e.Revision) : null;
        var after = _selection.Matches(value);
        if (after) return Frame(before ? WatchFrameType.Modified : WatchFrameType.Added, value, e.Revision);
        return before ? new WatchFrame(WatchFrameType.Deleted, _endpoint.LeftJson(value, e.Previous!), e.Revision) : null;
    }

    private WatchFrame Frame(WatchFrameType type, StoredValue value, long revision) => new(type, _endpoint.JsonOf(value), revision, value);

    internal static StatusException TooOld(FeedExpiredException e) => ApiErrors.Expired($"too old resource version: {e.Requested} ({e.Oldest})");

    public void Dispose()
    {
        if (_closed.IsCancellationRequested) return;
        _closed.Cancel();
        _feed?.Dispose();
        if (_shared) _endpoint.Stored.RemoveSharedReader();
        _closed.Dispose();
    }
}
