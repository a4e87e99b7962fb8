namespace Coxswain.Store.Tests.Contract;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Range_Prefix_ReturnsItsKeysInOrder()
    {
        var store = await NewStoreAsync();
        foreach (var key in new[] { "/pods/b/2", "/pods/a/1", "/podsx", "/nodes/n", "/pods/b/10", "/pods" }) await Create(store, key);

        var range = store.Range("/pods/")!;
        Assert.Equal(["/pods/a/1", "/pods/b/10", "/pods/b/2"], Keys(range));
        Assert.Equal((6L, 0), (range.Revision, range.Remaining));
        Assert.Equal(3, store.Count("/pods/"));
        Assert.Equal(5, store.Count("/pods"));
        Assert.Equal(6, store.Count(""));
        Assert.Equal(0, store.Count("/q"));
    }

    [Theory]
    [InlineData(null, 0, "0 1 2 3 4", 0)]
    [InlineData(null, 2, "0 1", 3)]
    [InlineData("/k/1", 2, "2 3", 1)]
    [InlineData("/k/1x", 2, "2 3", 1)]
    [InlineData("/k/2", 2, "3 4", 0)]
    [InlineData("/k/4", 2, "", 0)]
    [InlineData("/a", 1, "0", 4)]
    [InlineData("/z", 1, "", 0)]
    public async Task Range_AfterAndLimit_ReturnsAPage(string? after, int limit, string expected, int remaining)
    {
        var store = await NewStoreAsync();
        foreach (var key in new[] { "/a", "/k/0", "/k/1", "/k/2", "/k/3", "/k/4", "/z" }) await Create(store, key);
        var page = store.Range("/k/", after, limit)!;
        Assert.Equal(expected, string.Join(' ', Keys(page).Select(k => k[3..])));
        Assert.Equal(remaining, page.Remaining);
    }

    [Fact]
    public async Task Range_PastRevision_ShowsWhatWasThere()
    {
        var store = await NewStoreAsync();
        await Create(store, "/k/a", "a1"); // 1
        await Create(store, "/k/b", "b2"); // 2
        await Create(store, "/x", "x3"); // 3
        await Update(store, "/k/a", "a4"); // 4
        await Delete(store, "/k/b"); // 5
        await Create(store, "/k/c", "c6"); // 6
        await Create(store, "/k/b", "b7"); // 7

        var expected = new[] { "", "a1", "a1 b2", "a1 b2", "a4 b2", "a4", "a4 c6", "a4 b7 c6" };
        for (var revision = 1; revision <= 7; revision++)
        {
            var range = store.Range("/k/", revision: revision)!;
            Assert.Equal(expected[revision], string.Join(' ', range.Values.Select(Text)));
            Assert.Equal(revision, range.Revision);
        }
        Assert.Equal("a4 b7 c6", string.Join(' ', store.Range("/k/")!.Values.Select(Text)));
    }

    [Fact]
    public async Task Range_ContinuedAtPastRevision_IsOneConsistentList()
    {
        var store = await NewStoreAsync();
        for (var i = 0; i < 50; i++) await Create(store, $"/k/{i:00}", "old");
        var first = store.Range("/k/", limit: 7)!;
        var all = new List<StoredValue>(first.Values);
        for (var (page, i) = (first, 0); page.Remaining > 0; i++)
        {
            await Update(store, $"/k/{i + 20:00}", "new");
            await Delete(store, $"/k/{49 - i:00}");
            await Create(store, $"/k/{i:00}x");
            Assert.Equal(50 - all.Count, page.Remaining);
            page = store.Range("/k/", all[^1].Key, 7, first.Revision)!;
            all.AddRange(page.Values);
        }
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"/k/{i:00}"), all.Select(v => v.Key));
        Assert.All(all, v => Assert.Equal("old", Text(v)));
    }

    [Fact]
    public async Task Range_OlderThanHistory_ReturnsNull()
    {
        var store = await NewStoreAsync(new StoreOptions { HistoryEvents = 3 });
        for (var i = 1; i <= 10; i++) await Create(store, $"/{i:00}");
        Assert.Equal(7, store.OldestRevision);
        Assert.Null(store.Range("/", revision: 6));
        Assert.Equal(7, store.Range("/", revision: 7)!.Values.Count);
    }

    [Fact]
    public async Task Range_FutureRevision_Throws()
    {
        var store = await NewStoreAsync();
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Range("/", revision: 1));
    }

    [Fact]
    public async Task Range_WhileWritersWork_IsTrueAtItsRevision()
    {
        var store = await NewStoreAsync();
        await Create(store, "/k/a", "0");
        await Create(store, "/k/b", "0");
        var writer = Task.Run(async () =>
        {
            // Always a first, then b: at any revision a == b or a == b + 1.
            for (var i = 1; i <= 300; i++)
            {
                await Update(store, "/k/a", $"{i}");
                await Update(store, "/k/b", $"{i}");
            }
        }, Ct);
        while (!writer.IsCompleted)
        {
            var range = store.Range("/k/")!;
            var (a, b) = (int.Parse(Text(range.Values[0]), null), int.Parse(Text(range.Values[1]), null));
            Assert.InRange(a - b, 0, 1);
            Assert.Equal(range.Revision, range.Values.Max(v => v.Revision));
        }
        await writer;
    }

    [Fact]
    public async Task HistoryBytes_SupersededValues_BoundTheWindow()
    {
        var store = await NewStoreAsync(new StoreOptions { HistoryBytes = 10_000 });
        await Create(store, "/a", new string('x', 2000));
        for (var i = 0; i < 20; i++) await Update(store, "/a", new string('x', 2000));
        Assert.InRange(store.Revision - store.OldestRevision, 1, 5);
    }

    [Fact]
    public async Task CompactAsync_Revision_ForgetsHistoryAndKeepsLiveValues()
    {
        var store = await NewStoreAsync();
        for (var i = 1; i <= 10; i++) await Create(store, $"/{i:00}");
        await store.CompactAsync(6, Ct);

        Assert.Equal(6, store.OldestRevision);
        Assert.Null(store.Range("/", revision: 5));
        Assert.Equal(6, store.Range("/", revision: 6)!.Values.Count);
        Assert.Equal(10, store.Count("/"));
        Assert.Throws<FeedExpiredException>(() => store.Subscribe("/", 5));
        store.Subscribe("/", 6).Dispose();

        await store.CompactAsync(3, Ct); // going back changes nothing
        Assert.Equal(6, store.OldestRevision);
        await store.CompactAsync(99, Ct);
        Assert.Equal((10L, 10L), (store.OldestRevision, store.Revision));
        Assert.Equal(11, (await Create(store, "/11")).Revision);
    }
}
