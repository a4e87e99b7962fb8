using Coxswain.Api;
using Coxswain.Store;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>
/// Deletes Events that nobody has touched for their time to live. All Events live equally long, so they end in the order they were last written: one queue, one
/// timer set to its head. Each is deleted at the revision that was seen, so one that is repeated meanwhile stays.
/// </summary>
public sealed partial class EventExpiry(IStore store, TimeSpan timeToLive, TimeProvider time, ILogger<EventExpiry> logger)
{
    private static readonly string Prefix = "/registry/events/";
    /// <summary>Entries that ended within this span go together.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);
    private readonly Queue<(TimeSpan Ends, string Key, long Revision)> _queue = new(); // by the steady clock: one that is set must not end them all at once
    private bool _loaded;

    /// <summary>Works until <paramref name="ct"/>.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested) { return; }
            catch (FeedExpiredException) { } // fell behind: look at everything anew
        }
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        using var feed = store.Subscribe(Prefix, LoadAll());
        var reading = feed.ReadAsync(ct).AsTask();
        Task? alarm = null; // for the head of the queue, which only deletion changes: one timer however many Events come
        while (true)
        {
            if (_queue.TryPeek(out var head)) alarm ??= Task.Delay(Until(head.Ends), time, ct);
            if (alarm is null) await reading;
            else await Task.WhenAny(reading, alarm);
            ct.ThrowIfCancellationRequested();
            if (alarm is { IsCompleted: true }) alarm = null;
            if (reading.IsCompleted)
            {
                var batch = await reading;
                if (batch.Count == 0) return; // the store closes
                foreach (var e in batch)
                    if (e.Type != FeedEventType.Deleted) _queue.Enqueue((time.Steady() + timeToLive, e.Value.Key, e.Revision));
                reading = feed.ReadAsync(ct).AsTask();
            }
            await DeleteEndedAsync(ct);
        }
    }

    private TimeSpan Until(TimeSpan moment)
    {
        var left = moment - time.Steady() + Slack;
        return left > Slack ? left : Slack;
    }

    private long LoadAll()
    {
        var known = _queue.ToDictionary(e => (e.Key, e.Revision), e => e.Ends);
        _queue.Clear();
        var range = store.Range(Prefix)!;
        foreach (var (ends, value) in range.Values.Select(v => (Ends(v, known), v)).OrderBy(x => x.Item1)) _queue.Enqueue((ends, value.Key, value.Revision));
        _loaded = true;
        return range.Revision;
    }

    /// <summary>After a restart the Events' own times say when they were last touched; those that this process missed were touched just now.</summary>
    private TimeSpan Ends(StoredValue value, Dictionary<(string, long), TimeSpan> known)
    {
        if (known.TryGetValue((value.Key, value.Revision), out var ends)) return ends;
        return time.Steady() + timeToLive - (_loaded ? TimeSpan.Zero : SinceTouched(value));
    }

    private TimeSpan SinceTouched(StoredValue value)
    {
        var e = KubeJson.Deserialize<Corev1Event>(value.Bytes.Span)!;
        var last = e.Series?.LastObservedTime ?? e.LastTimestamp ?? e.EventTime ?? e.Metadata.CreationTimestamp;
        return last is { } t ? time.Since(t) : TimeSpan.Zero;
    }

    private async Task DeleteEndedAsync(CancellationToken ct)
    {
        var now = time.Steady();
        while (_queue.TryPeek(out var head) && head.Ends <= now)
        {
            _queue.Dequeue();
            try
            {
                await store.WriteAsync(new Proposal(WriteKind.Delete, head.Key, default, ExpectedRevision: head.Revision), ct);
            }
            catch (StoreUnavailableException e)
            {
                LogNotDeleted(e, head.Key); // it goes at the next start
            }
        }
    }

    [LoggerMessage(EventId = 1301, Level = LogLevel.Warning, Message = "the Event {Key} has ended but could not be deleted")]
    private partial void LogNotDeleted(Exception e, string key);
}
