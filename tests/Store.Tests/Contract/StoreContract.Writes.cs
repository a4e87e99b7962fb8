namespace Coxswain.Store.Tests.Contract;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Revision_NewStore_IsZero()
    {
        var store = await NewStoreAsync();
        Assert.Equal((0L, 0L), (store.Revision, store.OldestRevision));
        Assert.Null(store.Get("/a"));
        Assert.Empty(store.Range("/")!.Values);
    }

    [Fact]
    public async Task WriteAsync_Create_GivesNextRevisionAndIsVisible()
    {
        var store = await NewStoreAsync();
        var first = await Create(store, "/a", "one");
        var second = await Create(store, "/b", "two");

        Assert.Equal((true, 1L), (first.Succeeded, first.Revision));
        Assert.Equal((true, 2L), (second.Succeeded, second.Revision));
        Assert.Equal(2, store.Revision);
        Assert.Same(second.Value, store.Get("/b"));
        Assert.Equal(("two", 2L, 2L), (Text(store.Get("/b")), store.Get("/b")!.Revision, store.Get("/b")!.CreateRevision));
    }

    [Fact]
    public async Task WriteAsync_CreateOfExisting_FailsWithWhatIsThere()
    {
        var store = await NewStoreAsync();
        await Create(store, "/a", "one");
        await Create(store, "/b");
        var result = await Create(store, "/a", "two");

        Assert.Equal((false, 2L, "one"), (result.Succeeded, result.Revision, Text(result.Value)));
        Assert.Equal(2, store.Revision);
    }

    [Fact]
    public async Task WriteAsync_Update_KeepsCreateRevision()
    {
        var store = await NewStoreAsync();
        await Create(store, "/a", "one");
        var result = await Update(store, "/a", "two", expected: 1);

        Assert.True(result.Succeeded);
        Assert.Equal(("two", 2L, 1L), (Text(store.Get("/a")), result.Value!.Revision, result.Value.CreateRevision));
    }

    [Theory]
    [InlineData(WriteKind.Update)]
    [InlineData(WriteKind.Delete)]
    public async Task WriteAsync_OtherRevisionThanExpected_FailsWithWhatIsThere(WriteKind kind)
    {
        var store = await NewStoreAsync();
        await Create(store, "/a", "one");
        await Update(store, "/a", "two");
        var result = await store.WriteAsync(new Proposal(kind, "/a", Bytes("three"), ExpectedRevision: 1), Ct);

        Assert.Equal((false, 2L, "two", 2L), (result.Succeeded, result.Revision, Text(result.Value), result.Value!.Revision));
        Assert.Equal("two", Text(store.Get("/a")));
    }

    [Theory]
    [InlineData(WriteKind.Update, 0)]
    [InlineData(WriteKind.Update, 1)]
    [InlineData(WriteKind.Delete, 0)]
    public async Task WriteAsync_MissingKey_FailsWithNull(WriteKind kind, long expected)
    {
        var store = await NewStoreAsync();
        await Create(store, "/a");
        await Delete(store, "/a");
        var result = await store.WriteAsync(new Proposal(kind, "/a", Bytes("x"), ExpectedRevision: expected), Ct);
        Assert.Equal(new WriteResult(false, 2, null), result);
    }

    [Fact]
    public async Task WriteAsync_Delete_TakesARevisionAndReturnsTheLastBytes()
    {
        var store = await NewStoreAsync();
        await Create(store, "/a", "one");
        var result = await Delete(store, "/a", expected: 1);

        Assert.Equal((true, 2L), (result.Succeeded, result.Revision));
        Assert.Equal(("one", 2L, 1L), (Text(result.Value), result.Value!.Revision, result.Value.CreateRevision));
        Assert.Null(store.Get("/a"));
        Assert.Equal(0, store.Count("/"));
    }

    [Fact]
    public async Task WriteAsync_CreateAfterDelete_StartsANewLife()
    {
        var store = await NewStoreAsync();
        await Create(store, "/a");
        await Delete(store, "/a");
        Assert.Equal(3, (await Create(store, "/a")).Value!.CreateRevision);
    }

    [Theory]
    [InlineData("rv=\"\";", 4, "rv=\"1\";")]
    [InlineData("", 0, "1")]
    [InlineData("ab", 2, "ab1")]
    [InlineData("ab", -1, "ab")]
    public async Task WriteAsync_RevisionSlot_GetsTheDigits(string value, int slot, string stored)
    {
        var store = await NewStoreAsync();
        await store.WriteAsync(new Proposal(WriteKind.Create, "/a", Bytes(value), slot), Ct);
        Assert.Equal(stored, Text(store.Get("/a")));
    }

    [Fact]
    public async Task WriteAsync_DeleteWithBytes_CarriesThemSpliced()
    {
        var store = await NewStoreAsync();
        for (var i = 0; i < 9; i++) await Create(store, $"/{i}");
        var result = await store.WriteAsync(new Proposal(WriteKind.Delete, "/3", Bytes("[]"), 1), Ct);
        Assert.Equal("[10]", Text(result.Value));
    }

    [Fact]
    public async Task WriteAsync_DeleteWithASlotInTheLastBytes_CarriesThemWithItsRevision()
    {
        var store = await NewStoreAsync();
        for (var i = 1; i < 9; i++) await Create(store, $"/{i}");
        await store.WriteAsync(new Proposal(WriteKind.Create, "/a", Bytes("rv=\"\";"), 4), Ct);
        using var feed = store.Subscribe("/", 9);

        var result = await store.WriteAsync(new Proposal(WriteKind.Delete, "/a", default, 4, ExpectedRevision: 9), Ct);

        Assert.Equal("rv=\"10\";", Text(result.Value));
        var told = Assert.Single(await ReadToAsync(feed, 10));
        Assert.Equal((FeedEventType.Deleted, "rv=\"10\";", "rv=\"9\";"), (told.Type, Text(told.Value), Text(told.Previous)));
    }

    [Fact]
    public async Task WriteAsync_SlotInTheLastBytesOfAnyRevision_IsRefused()
    {
        var store = await NewStoreAsync();
        await store.WriteAsync(new Proposal(WriteKind.Create, "/a", Bytes("\"\""), 1), Ct);
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.WriteAsync(new Proposal(WriteKind.Delete, "/a", default, 1), Ct));
    }

    [Fact]
    public async Task WriteAsync_CallersBuffer_IsCopied()
    {
        var store = await NewStoreAsync();
        var buffer = Bytes("one");
        await store.WriteAsync(new Proposal(WriteKind.Create, "/a", buffer), Ct);
        buffer.AsSpan().Clear();
        Assert.Equal("one", Text(store.Get("/a")));
    }

    [Fact]
    public async Task WriteAsync_Attachment_IsMadeWithTheRevisionAndStays()
    {
        var store = await NewStoreAsync();
        await Create(store, "/b");
        await store.WriteAsync(new Proposal(WriteKind.Create, "/a", Bytes("x"), Attachment: revision => $"made at {revision}"), Ct);
        Assert.Equal("made at 2", store.Get("/a")!.Attachment);
    }

    [Fact]
    public async Task WriteAsync_AttachmentThrows_FailsThisWriteOnly()
    {
        var store = await NewStoreAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await store.WriteAsync(new Proposal(WriteKind.Create, "/a", Bytes("x"), Attachment: _ => throw new InvalidOperationException()), Ct));
        Assert.Equal(1, (await Create(store, "/a")).Revision);
    }

    [Theory]
    [InlineData("", -1, 0)]
    [InlineData("/a", 2, 0)]
    [InlineData("/a", -2, 0)]
    [InlineData("/a", 0, -1)]
    public async Task WriteAsync_SenselessProposal_IsRefused(string key, int slot, long expected)
    {
        var store = await NewStoreAsync();
        await Assert.ThrowsAnyAsync<ArgumentException>(async () =>
            await store.WriteAsync(new Proposal(WriteKind.Create, key, Bytes("x"), slot, expected), Ct));
        Assert.Equal(0, store.Revision);
    }

    [Fact]
    public async Task WriteAsync_CancelledBefore_DoesNotHappen()
    {
        var store = await NewStoreAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await store.WriteAsync(new Proposal(WriteKind.Create, "/a", Bytes("x")), new CancellationToken(canceled: true)));
        await Create(store, "/b");
        Assert.Null(store.Get("/a"));
    }

    [Fact]
    public async Task WriteAsync_AfterDispose_Throws()
    {
        var store = await NewStoreAsync();
        await Create(store, "/a", "one");
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Create(store, "/b"));
        Assert.Equal("one", Text(store.Get("/a"))); // readers that are still under way lose nothing
    }

    [Fact]
    public async Task WriteAsync_SixteenWritersCompareAndSet_LoseNoIncrement()
    {
        const int writers = 16, increments = 50;
        var store = await NewStoreAsync();
        await Create(store, "/counter", "0");

        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < increments;)
            {
                var current = store.Get("/counter")!;
                var next = int.Parse(Text(current), null) + 1;
                if ((await Update(store, "/counter", $"{next}", current.Revision)).Succeeded) done++;
            }
        }, Ct)));

        Assert.Equal($"{writers * increments}", Text(store.Get("/counter")));
        Assert.Equal(writers * increments + 1, store.Revision);
    }

    [Fact]
    public async Task WriteAsync_ManyAtOnceOnOneKey_AreCheckedInOrder()
    {
        var store = await NewStoreAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Create(store, "/a", $"{i}").AsTask()));
        var winner = Assert.Single(results, r => r.Succeeded);
        Assert.All(results, r => Assert.Equal(winner.Value, r.Value));
        Assert.Equal(1, store.Revision);
    }
}
