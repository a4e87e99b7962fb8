using System.Text;

namespace Coxswain.Store.Tests.Sqlite;

/// <summary>Whether the store can write: known from its writes, and tried when somebody asks.</summary>
public sealed class SqliteHealthTests : IDisposable
{
    private readonly TemporaryFile _file = new();
    private readonly ManualTime _time = new();
    private string? _broken; // what a flush fails with

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task CheckHealthAsync_SoundDisk_SaysWritableAndChangesNothing()
    {
        await using var store = await OpenAsync();
        await WriteAsync(store, "/a");
        var before = await File.ReadAllBytesAsync(_file.Wal, Ct);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StoreHealth.Well, await store.CheckHealthAsync(Ct));
        Assert.Equal(before, await File.ReadAllBytesAsync(_file.Wal, Ct));
    }

    [Fact]
    public async Task CheckHealthAsync_DiskDiedWhileIdle_IsFoundOutByAsking()
    {
        await using var store = await OpenAsync();
        await WriteAsync(store, "/a");
        _broken = "the log could not be flushed: Input/output error";
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("the log could not be flushed: Input/output error", (await store.CheckHealthAsync(Ct)).Reason);
        _broken = null; // a later flush that succeeds says nothing about what failed
        Assert.False((await store.CheckHealthAsync(Ct)).Writable);
    }

    [Fact]
    public async Task CheckHealthAsync_FlushOfAWriteFailed_SaysSoUntilOpenedAgain()
    {
        await using (var store = await OpenAsync())
        {
            _broken = "the log could not be flushed: Input/output error";
            await Assert.ThrowsAsync<StoreUnavailableException>(() => WriteAsync(store, "/a"));
            Assert.Equal("nothing can be written until the store is opened again: the log could not be flushed: Input/output error", (await store.CheckHealthAsync(Ct)).Reason);
        }
        _broken = null;
        await using var again = await OpenAsync();
        Assert.True((await again.CheckHealthAsync(Ct)).Writable);
    }

    [Fact]
    public async Task CheckHealthAsync_DiskHangs_AnswersWithinItsPatience()
    {
        using var hang = new SemaphoreSlim(0);
        var reached = new SemaphoreSlim(0);
        var hangs = false;
        await using var store = await SqliteStore.OpenAsync(_file.Path, new SqliteStoreOptions
        {
            Flushing = () =>
            {
                if (!Volatile.Read(ref hangs)) return;
                reached.Release();
                hang.Wait(TimeSpan.FromMinutes(1), Ct);
            },
        }, _time, ct: Ct);
        Volatile.Write(ref hangs, true);
        var checks = new[] { store.CheckHealthAsync(Ct).AsTask(), store.CheckHealthAsync(Ct).AsTask() };
        Assert.True(await reached.WaitAsync(TimeSpan.FromMinutes(1), Ct));
        _time.Advance(TimeSpan.FromSeconds(4));
        foreach (var check in checks) Assert.Equal("the disk has not answered for 4 seconds", (await check).Reason);
        Volatile.Write(ref hangs, false);
        hang.Release(10);
        Assert.True((await store.CheckHealthAsync(Ct)).Writable);
    }

    [Fact]
    public async Task CheckHealthAsync_Closed_SaysSo()
    {
        var store = await OpenAsync();
        await store.DisposeAsync();
        Assert.Equal("the store is closed", (await store.CheckHealthAsync(Ct)).Reason);
    }

    private Task<SqliteStore> OpenAsync() =>
        SqliteStore.OpenAsync(_file.Path, new SqliteStoreOptions { Flushing = () => { if (_broken is { } e) throw new IOException(e); } }, _time, ct: Ct);

    private static async Task WriteAsync(SqliteStore store, string key) => await store.WriteAsync(new Proposal(WriteKind.Create, key, Encoding.ASCII.GetBytes("v")), Ct);
}
