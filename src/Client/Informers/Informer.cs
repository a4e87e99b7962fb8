using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Coxswain.Api;

namespace Coxswain.Client;

/// <summary>
/// Keeps a cache of one resource true by list and watch, and tells handlers what changed. No polling: an idle informer costs one open watch.
/// </summary>
/// <remarks>
/// A watch that ends is taken up again at the last seen revision; 410 means that the revision is gone, and everything is listed anew. After a gap the handlers
/// get the difference, so they miss no end state; an object that was replaced by another of the same name is told as deleted and added.
/// </remarks>
public sealed partial class Informer<T> : IInformer where T : class, IKubernetesObject<V1ObjectMeta>, new()
{
    private readonly IApiClient _client;
    private readonly InformerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _delivery = new(); // held while the cache changes and handlers hear of it: handlers see one order; taken before the cache's own lock
    private readonly List<Action<InformerEvent<T>>> _handlers = [];
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _resourceVersion; // null: list first
    private long _revision;

    public Informer(IApiClient client, ResourceType<T> type, InformerOptions options, TimeProvider time, ILogger logger)
    {
        (_client, Type, _options, _time, _logger) = (client, type, options, time, logger);
    }

    public ResourceType<T> Type { get; }

    public ObjectCache<T> Cache { get; } = new();

    /// <summary>What is cached and handed to handlers in place of an object that came: a copy without what nobody here reads. Null keeps all. The metadata must stay.</summary>
    public Func<T, T>? Transform { get; init; }

    public Task HasSynced => _synced.Task;

    /// <summary>
    /// The newest revision of this resource that the cache shows. Whoever wrote at a revision (<see cref="Revisions.Of"/>) knows from this whether the cache has
    /// caught up with the write: controllers look before they count, so that they never make an object twice.
    /// </summary>
    public long Revision => Volatile.Read(ref _revision);

    /// <summary>Calls <paramref name="handler"/> for what is cached now and for each change from now on, one at a time, on the informer's loop: only put keys in a queue there.</summary>
    public void AddHandler(Action<InformerEvent<T>> handler)
    {
        lock (_delivery)
        {
            foreach (var value in Cache.List()) handler(new(null, value));
            _handlers.Add(handler);
        }
    }

    public async Task RunAsync(CancellationToken ct)
    {
        using var resync = _options.Resync is { } period ? _time.CreateTimer(_ => Redeliver(), null, period, period) : null;
        var backoff = new Backoff(_options.MinBackoff, _options.MaxBackoff);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (_resourceVersion is null) await ListAsync(ct);
                if (await WatchAsync(ct)) backoff.Reset();
                else await Task.Delay(backoff.Next(), _time, ct); // an empty watch that ends at once must not become a busy loop
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested) { return; }
            catch (StatusException e) when (e.Code == 410)
            {
                LogExpired(Type.GroupResource, _resourceVersion ?? "");
                _resourceVersion = null;
                if (!await DelayAsync(backoff.Next(), ct)) return;
            }
            catch (Exception e) // boundary: whatever the transport throws, the informer goes on
            {
                LogFailed(e, Type.GroupResource);
                if (!await DelayAsync(backoff.Next(), ct)) return;
            }
        }
    }

    private async Task ListAsync(CancellationToken ct)
    {
        var list = await _client.ListAsync(Type, _options.Namespace, Selection, ct);
        Replace(list.Items, list.ResourceVersion);
        _resourceVersion = list.ResourceVersion;
        _synced.TrySetResult();
    }

    /// <returns>Whether anything came.</returns>
    private async Task<bool> WatchAsync(CancellationToken ct)
    {
        var progressed = false;
        var options = Selection with { ResourceVersion = _resourceVersion, AllowBookmarks = true };
        await foreach (var (type, sent) in _client.WatchAsync(Type, _options.Namespace, options, ct))
        {
            progressed = true;
            var value = Transformed(sent);
            if (type != WatchEventType.Bookmark) Apply(NameOf(value), type == WatchEventType.Deleted ? null : value, value);
            _resourceVersion = value.Metadata.ResourceVersion;
        }
        return progressed;
    }

    private T Transformed(T value) => Transform is null ? value : Transform(value);

    private ListOptions Selection => new() { LabelSelector = _options.LabelSelector, FieldSelector = _options.FieldSelector };

    private void Replace(IReadOnlyList<T> items, string resourceVersion)
    {
        var gone = new HashSet<NamespacedName>(Cache.Names());
        foreach (var sent in items)
        {
            var item = Transformed(sent);
            var name = NameOf(item);
            gone.Remove(name);
            if (Cache.Get(name)?.Metadata.ResourceVersion != item.Metadata.ResourceVersion) Apply(name, item, item);
        }
        foreach (var name in gone) Apply(name, null, null);
        Advance(Revisions.Parse(resourceVersion));
    }

    /// <param name="last">For a deletion, the state the server saw last, if it said so.</param>
    private void Apply(NamespacedName name, T? value, T? last)
    {
        lock (_delivery)
        {
            var old = Cache.Set(name, value);
            if (last is not null) Advance(Revisions.Of(last)); // after the cache, before the handlers: who wakes up now sees both
            if (value is null)
            {
                if (old is not null) Deliver(new(last ?? old, null));
            }
            else if (old is not null && old.Metadata.Uid != value.Metadata.Uid)
            {
                Deliver(new(old, null));
                Deliver(new(null, value));
            }
            else
            {
                Deliver(new(old, value));
            }
        }
    }

    private void Advance(long revision)
    {
        if (revision > _revision) Volatile.Write(ref _revision, revision);
    }

    private void Redeliver()
    {
        lock (_delivery)
        {
            foreach (var value in Cache.List()) Deliver(new(value, value));
        }
    }

    private void Deliver(InformerEvent<T> change)
    {
        foreach (var handler in _handlers) handler(change);
    }

    private async Task<bool> DelayAsync(TimeSpan delay, CancellationToken ct)
    {
        await Task.Delay(delay, _time, ct).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return !ct.IsCancellationRequested;
    }

    private static NamespacedName NameOf(T value) => new(value.Metadata.NamespaceProperty ?? "", value.Metadata.Name);

    [LoggerMessage(EventId = 2101, Level = LogLevel.Debug, Message = "{Resource}: revision {Revision} is no longer held; listing anew")]
    private partial void LogExpired(string resource, string revision);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Warning, Message = "{Resource}: list or watch failed; will retry")]
    private partial void LogFailed(Exception e, string resource);
}
