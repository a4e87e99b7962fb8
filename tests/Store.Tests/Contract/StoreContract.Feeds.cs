namespace Coxswain.Store.Tests.Contract;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Subscribe_FromThePast_ReplaysThenFollows()
    {
        var store = await NewStoreAsync();
        await Create(store, "/k/a", "a1");
        await Create(store, "/x", "x2");
        await Update(store, "/k/a", "a3");
        using var feed = store.Subscribe("/k/", 1);
        await Delete(store, "/k/a");
        await Create(store, "/k/b", "b5");

        var events = await ReadToAsync(feed, 5);
        Assert.Equal(
            [(FeedEventType.Updated, "a3", 3L, "a1"), (FeedEventType.Deleted, "a3", 4L, "a3"), (FeedEventType.Created, "b5", 5L, null)],
            events.Select(e => (e.Type, Text(e.Value), e.Revision, e.Previous is null ? null : Text(e.Previous))));
        Assert.Equal([1L, 3L], events.Where(e => e.Previous is not null).Select(e => e.Previous!.Revision));
    }

    [Fact]
    public async Task ReadAsync_NothingYet_WaitsForTheNextMatch()
    {
        var store = await NewStoreAsync();
        using var feed = store.Subscribe("/k/", 0);
        var read = feed.ReadAsync(Ct).AsTask();
        await Create(store, "/x");
        Assert.False(read.IsCompleted);
        await Create(store, "/k/a");
        Assert.Equal(2, Assert.Single(await read.WaitAsync(TimeSpan.FromSeconds(30), Ct)).Revision);
    }

    [Fact]
    public async Task ReadAsync_Cancelled_LosesNothing()
    {
        var store = await NewStoreAsync();
        using var feed = store.Subscribe("/", 0);
        using var cancel = new CancellationTokenSource();
        var read = feed.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await Create(store, "/a");
        Assert.Equal(1, Assert.Single(await feed.ReadAsync(Ct)).Revision);
    }

    [Fact]
    public async Task ReadAsync_StoreCloses_ReturnsTheRestThenEmpty()
    {
        var store = await NewStoreAsync();
        using var feed = store.Subscribe("/", 0);
        using var idle = store.Subscribe("/quiet/", 0);
        var waiting = idle.ReadAsync(Ct).AsTask();
        await Create(store, "/a");
        await store.DisposeAsync();
        Assert.Single(await feed.ReadAsync(Ct));
        Assert.Empty(await feed.ReadAsync(Ct));
        Assert.Empty(await waiting.WaitAsync(TimeSpan.FromSeconds(30), Ct));
    }

    [Fact]
    public async Task Subscribe_FutureRevision_SkipsWhatComesBefore()
    {
        var store = await NewStoreAsync();
        using var feed = store.Subscribe("/", 2);
        for (var i = 0; i < 4; i++) await Create(store, $"/{i}");
        Assert.Equal([3L, 4L], (await ReadToAsync(feed, 4)).Select(e => e.Revision));
    }

    [Fact]
    public async Task Subscribe_OlderThanHistory_IsExpired()
    {
        var store = await NewStoreAsync(new StoreOptions { HistoryEvents = 3 });
        for (var i = 1; i <= 10; i++) await Create(store, $"/{i}");
        var expired = Assert.Throws<FeedExpiredException>(() => store.Subscribe("/", 6));
        Assert.Equal((6L, 7L), (expired.Requested, expired.Oldest));
        using var feed = store.Subscribe("/", 7);
        Assert.Equal([8L, 9L, 10L], (await ReadToAsync(feed, 10)).Select(e => e.Revision));
    }

    [Fact]
    public async Task ReadAsync_SlowReaderWithinHistory_IsCaughtUp()
    {
        var store = await NewStoreAsync();
        using var feed = store.Subscribe("/", 0);
        await Task.WhenAll(Enumerable.Range(0, 3000).Select(i => Create(store, $"/{i}").AsTask()));
        Assert.Equal(Enumerable.Range(1, 3000).Select(i => (long)i), (await ReadToAsync(feed, 3000)).Select(e => e.Revision));
    }

    [Fact]
    public async Task ReadAsync_ReaderFellOutOfHistory_IsExpiredForGood()
    {
        var store = await NewStoreAsync(new StoreOptions { HistoryEvents = 100 });
        using var feed = store.Subscribe("/", 0);
        await Create(store, "/first");
        Assert.Single(await feed.ReadAsync(Ct));
        for (var i = 0; i < 150; i++) await Create(store, $"/{i}"); // no write waits for the reader
        for (var i = 0; i < 2; i++)
        {
            var expired = await Assert.ThrowsAsync<FeedExpiredException>(async () => await feed.ReadAsync(Ct));
            Assert.Equal((1L, 51L), (expired.Requested, expired.Oldest));
        }
    }

    [Fact]
    public async Task ReadAsync_QuietPrefixOutlivesHistory_DoesNotExpire()
    {
        var store = await NewStoreAsync(new StoreOptions { HistoryEvents = 10 });
        using var feed = store.Subscribe("/quiet/", 0);
        var read = feed.ReadAsync(Ct).AsTask();
        for (var i = 0; i < 100; i++) await Create(store, $"/busy/{i}");
        Assert.Equal(100, feed.Progress);
        await Create(store, "/quiet/a");
        Assert.Equal(101, Assert.Single(await read.WaitAsync(TimeSpan.FromSeconds(30), Ct)).Revision);
    }

    [Fact]
    public async Task Progress_MovesOnWithoutMatches_AndStopsBeforeUnreadEvents()
    {
        var store = await NewStoreAsync();
        await Create(store, "/x/1");
        using var feed = store.Subscribe("/k/", 0);
        Assert.Equal(0, feed.Progress);
        var read = feed.ReadAsync(Ct).AsTask();
        await Create(store, "/x/2");
        Assert.Equal(2, feed.Progress);
        await Create(store, "/k/3");
        await read.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal(2, feed.Progress); // the reader has it, or is about to
        read = feed.ReadAsync(Ct).AsTask();
        Assert.Equal(3, feed.Progress);
        await Create(store, "/x/4");
        Assert.Equal(4, feed.Progress);
        await Create(store, "/k/5");
        await Create(store, "/x/6");
        await read.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal(4, feed.Progress);
        _ = feed.ReadAsync(Ct).AsTask();
        Assert.Equal(6, feed.Progress);
    }

    [Fact]
    public async Task ReadAsync_WritersAndSubscribersTogether_NoGapNoDuplicate()
    {
        const int writers = 8, writes = 250, readers = 12;
        var store = await NewStoreAsync();
        var end = writers * writes + 1L;
        var random = new Random(7);

        var writing = Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < writes; i++) await Create(store, $"/{(i % 2 == 0 ? "even" : "odd")}/{w}-{i}");
        }, Ct)));
        var reading = Enumerable.Range(0, readers).Select(_ => random.NextDouble()).Select(share => Task.Run(async () =>
        {
            // Starts at a random place of what is there by now, twice: once for all keys, once for half of them.
            var from = (long)(store.Revision * share);
            using var all = store.Subscribe("/", from);
            using var even = store.Subscribe("/even/", from);
            var events = await ReadToAsync(all, end);
            var halves = await ReadToAsync(even, end);
            return (from, events, halves);
        }, Ct)).ToList();
        await writing;
        Assert.Equal(end, (await Create(store, "/even/last")).Revision);

        foreach (var (from, events, halves) in await Task.WhenAll(reading))
        {
            Assert.Equal(Enumerable.Range(1, (int)(end - from)).Select(i => from + i), events.Select(e => e.Revision));
            Assert.Equal(events.Where(e => e.Value.Key.StartsWith("/even/", StringComparison.Ordinal)), halves);
        }
    }

    [Fact]
    public async Task ReadAsync_EventSeen_IsReadableAtOnce()
    {
        var store = await NewStoreAsync();
        using var feed = store.Subscribe("/", 0);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++) await Create(store, $"/{i}");
        }, Ct);
        for (var seen = 0L; seen < 300;)
        {
            foreach (var change in await feed.ReadAsync(Ct))
            {
                Assert.Same(change.Value, store.Get(change.Value.Key));
                Assert.True(store.Revision >= change.Revision);
                seen = change.Revision;
            }
        }
        await writing;
    }

    [Fact]
    public async Task Dispose_WaitingReader_EndsEmpty()
    {
        var store = await NewStoreAsync();
        var feed = store.Subscribe("/", 0);
        var read = feed.ReadAsync(Ct).AsTask();
        feed.Dispose();
        Assert.Empty(await read.WaitAsync(TimeSpan.FromSeconds(30), Ct));
    }
}
