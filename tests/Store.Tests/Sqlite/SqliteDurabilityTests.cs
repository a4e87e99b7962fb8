using System.Text;

namespace Coxswain.Store.Tests.Sqlite;

/// <summary>What is on the disk, and what is back after a restart.</summary>
public sealed class SqliteDurabilityTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task OpenAsync_Reopened_HasTheLiveValuesAndGoesOnCounting()
    {
        await using (var store = await OpenAsync())
        {
            await WriteAsync(store, WriteKind.Create, "/a", "a1");
            await WriteAsync(store, WriteKind.Create, "/b", "b2");
            await WriteAsync(store, WriteKind.Update, "/a", "a3");
            await WriteAsync(store, WriteKind.Create, "/ü/\U0001F6A3", "c4");
            await WriteAsync(store, WriteKind.Delete, "/b", "");
        }
        await using var again = await OpenAsync();
        Assert.Equal((5L, 5L), (again.Revision, again.OldestRevision));
        Assert.Equal(["/a=a3@3,1", "/ü/\U0001F6A3=c4@4,4"],
            again.Range("/")!.Values.Select(v => $"{v.Key}={Encoding.UTF8.GetString(v.Bytes.Span)}@{v.Revision},{v.CreateRevision}"));
        Assert.Equal(6, (await WriteAsync(again, WriteKind.Create, "/b", "")).Revision);
    }

    [Fact]
    public async Task OpenAsync_EverythingDeletedAndCompacted_NeverReusesARevision()
    {
        await using (var store = await OpenAsync())
        {
            for (var i = 0; i < 5; i++) await WriteAsync(store, WriteKind.Create, $"/{i}", "v");
            for (var i = 0; i < 5; i++) await WriteAsync(store, WriteKind.Delete, $"/{i}", "");
            await store.CompactAsync(10, Ct);
            Assert.Equal(10, store.OldestRevision);
        }
        Assert.Equal([[5L, 0L], [10L, 1L]], _file.Query("SELECT revision, deleted FROM log")); // the newest, and what it superseded
        await using var again = await OpenAsync();
        Assert.Equal((10L, 0), (again.Revision, again.Count("")));
        Assert.Equal(11, (await WriteAsync(again, WriteKind.Create, "/0", "v")).Revision);
    }

    [Fact]
    public async Task OpenAsync_NewFile_IsTheOwnersOnly()
    {
        await using var store = await OpenAsync();
        await WriteAsync(store, WriteKind.Create, "/a", "v");
        foreach (var path in new[] { _file.Path, _file.Wal, _file.Path + ".lock" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public async Task OpenAsync_InUse_IsRefusedAndTheFirstGoesOn()
    {
        await using var store = await OpenAsync();
        var refused = await Assert.ThrowsAsync<StoreOpenException>(OpenAsync);
        Assert.Equal($"{_file.Path} is in use by another process. End that process first, or choose another file", refused.Message);
        Assert.True((await WriteAsync(store, WriteKind.Create, "/a", "v")).Succeeded);
    }

    [Fact]
    public async Task WriteAsync_DiskFull_FailsTheBatchAndTheStoreStaysUsable()
    {
        await using (var store = await OpenAsync())
        {
            await WriteAsync(store, WriteKind.Create, "/a", "v");
            using var feed = store.Subscribe("", 1);
            await LimitPagesAsync(store, 12);
            var failed = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => FailureOf(WriteAsync(store, WriteKind.Create, $"/big/{i}", new string('x', 100_000)))));
            Assert.All(failed, e => Assert.IsType<StoreUnavailableException>(e));
            Assert.Equal((1L, 1), (store.Revision, store.Count("")));
            Assert.Equal(1, feed.Progress);

            await LimitPagesAsync(store, 1_000_000);
            Assert.Equal(2, (await WriteAsync(store, WriteKind.Create, "/b", "v")).Revision);
            Assert.Equal("/b", Assert.Single(await feed.ReadAsync(Ct)).Value.Key);
        }
        await using var again = await OpenAsync();
        Assert.Equal(["/a", "/b"], again.Range("")!.Values.Select(v => v.Key));
    }

    [Fact]
    public async Task WriteAsync_IsAcknowledgedOnceItIsFlushed()
    {
        using var flush = new SemaphoreSlim(0);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var store = await OpenAsync(() =>
        {
            reached.TrySetResult();
            flush.Wait(TimeSpan.FromMinutes(1), Ct);
        });
        var write = WriteAsync(store, WriteKind.Create, "/a", "v");
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1), Ct);
        Assert.False(write.IsCompleted);
        Assert.Equal((0L, 0), (store.Revision, store.Count(""))); // nor can others see it
        flush.Release(100);
        Assert.Equal(1, (await write).Revision);
    }

    [Fact]
    public async Task WriteAsync_FlushFails_NothingIsAcknowledgedOrWrittenAnyMore()
    {
        var broken = false;
        await using (var store = await OpenAsync(() => { if (broken) throw new IOException("the log could not be flushed: Input/output error"); }))
        {
            await WriteAsync(store, WriteKind.Create, "/a", "v");
            broken = true;
            var e = Assert.IsType<StoreUnavailableException>(await FailureOf(WriteAsync(store, WriteKind.Create, "/b", "v")));
            Assert.Equal("the write could not be made durable: the log could not be flushed: Input/output error", e.Message);
            broken = false; // a later flush that succeeds says nothing about what failed
            Assert.Equal("the store's writer has failed", Assert.IsType<StoreUnavailableException>(await FailureOf(WriteAsync(store, WriteKind.Create, "/c", "v"))).Message);
            Assert.Equal(["/a"], store.Range("")!.Values.Select(v => v.Key)); // reads go on
        }
        await using var again = await OpenAsync();
        Assert.True((await WriteAsync(again, WriteKind.Create, "/c", "v")).Succeeded);
    }

    [Fact]
    public async Task WriteAsync_ALot_CopiesTheLogIntoTheDatabaseAndUsesItAgain()
    {
        await using var store = await OpenAsync();
        var value = new string('x', 100_000); // 25 pages
        for (var i = 0; i < 600; i++) await WriteAsync(store, i < 10 ? WriteKind.Create : WriteKind.Update, $"/{i % 10}", value);
        // 60 MB went through the log; it is copied when 4 000 pages (16 MB) are in it and nobody waits.
        Assert.InRange(new FileInfo(_file.Wal).Length, 1, 40 << 20);
        Assert.True(new FileInfo(_file.Path).Length > 40 << 20);
    }

    [Fact]
    public async Task DisposeAsync_WritesTakenOn_AreCommitted()
    {
        var store = await OpenAsync();
        var writes = Enumerable.Range(0, 500).Select(i => WriteAsync(store, WriteKind.Create, $"/{i}", "v")).ToList();
        await store.DisposeAsync();
        Assert.All(await Task.WhenAll(writes), r => Assert.True(r.Succeeded));
        await using var again = await OpenAsync();
        Assert.Equal(500, again.Count("/"));
    }

    private Task<SqliteStore> OpenAsync() => SqliteStore.OpenAsync(_file.Path, ct: Ct);

    private Task<SqliteStore> OpenAsync(Action flushing) => SqliteStore.OpenAsync(_file.Path, new SqliteStoreOptions { Flushing = flushing }, ct: Ct);

    private static Task<WriteResult> WriteAsync(SqliteStore store, WriteKind kind, string key, string value) =>
        store.WriteAsync(new Proposal(kind, key, Encoding.UTF8.GetBytes(value)), Ct).AsTask();

    private static async Task<Exception?> FailureOf(Task task) => await Record.ExceptionAsync(() => task);

    private static async Task LimitPagesAsync(SqliteStore store, int pages) => await store.ExecuteAsync($"PRAGMA max_page_count={pages}", Ct);
}
