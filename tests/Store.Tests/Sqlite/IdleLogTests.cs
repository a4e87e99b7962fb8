using Coxswain.Store.Sqlite;

namespace Coxswain.Store.Tests.Sqlite;

/// <summary>Some seconds after the last write the log is copied into the database, once: what an idle store has depends on no log.</summary>
public sealed class IdleLogTests : IDisposable
{
    private readonly TemporaryFile _file = new();
    private readonly ManualTime _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Idle_TwoSecondsAfterTheLastWrite_LogIsCopiedAndShortAndNothingIsLeftToDo()
    {
        await using var store = await CrashedStore.OpenAsync(_file, time: _time);
        for (var i = 1; i <= 40; i++) await store.WriteAsync(new Proposal(WriteKind.Create, $"/{i}", new byte[100_000]), Ct);
        Assert.False(MarkFile.Read(_file.Path)!.Value.Copied);
        Assert.InRange(new FileInfo(_file.Wal).Length, 4 << 20, 16 << 20);
        await RingAsync(store);
        Assert.True(MarkFile.Read(_file.Path)!.Value.Copied);
        Assert.InRange(new FileInfo(_file.Wal).Length, 1, 1 << 20);
        Assert.Equal(0, _time.Timers); // an idle store is not woken
        await store.WriteAsync(CrashedStore.Value(41), Ct);
        Assert.Equal(1, _time.Timers);
        _file.CopyAside(); // a crash now has both: what was copied, and the log begun anew
        await store.DisposeAsync();
        _file.RestoreCopy();
        await using var again = await CrashedStore.OpenAsync(_file);
        Assert.Equal((41L, 41), (again.Revision, again.Count("")));
    }

    [Fact]
    public async Task Idle_LogGoneOrDamagedAfterItWasCopied_LosesNothing()
    {
        await using (var store = await CrashedStore.OpenAsync(_file, time: _time))
        {
            for (var i = 1; i <= 20; i++) await store.WriteAsync(CrashedStore.Value(i), Ct);
            await RingAsync(store);
            _file.CopyAside();
        }
        _file.RestoreCopy();
        var log = await File.ReadAllBytesAsync(_file.Wal, Ct);
        log[CrashedStore.HeaderBytes + 3 * CrashedStore.FrameBytes + 100] ^= 4; // SQLite would take up the frames before it, and lay them over newer pages
        await File.WriteAllBytesAsync(_file.Wal, log, Ct);
        await using var again = await CrashedStore.OpenAsync(_file);
        Assert.Equal((20L, 20), (again.Revision, again.Count("")));
    }

    [Fact]
    public async Task Busy_WritesWithoutAPause_LogIsCopiedAfterHalfAMinute()
    {
        await using var store = await CrashedStore.OpenAsync(_file, time: _time);
        var revision = 0;
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(28); passed += TimeSpan.FromSeconds(0.5))
        {
            await store.WriteAsync(CrashedStore.Value(++revision), Ct);
            await RingAsync(store, 0.5);
            Assert.False(MarkFile.Read(_file.Path)!.Value.Copied);
        }
        for (var i = 0; i < 12 && !MarkFile.Read(_file.Path)!.Value.Copied; i++)
        {
            await store.WriteAsync(CrashedStore.Value(++revision), Ct);
            await RingAsync(store, 0.5);
        }
        Assert.True(MarkFile.Read(_file.Path)!.Value.Copied);
    }

    [Fact]
    public async Task DisposeAsync_DatabaseAlone_IsWhole()
    {
        await using (var store = await CrashedStore.OpenAsync(_file)) await store.WriteAsync(CrashedStore.Value(1), Ct);
        Assert.False(File.Exists(_file.Wal));
        using var elsewhere = new TemporaryFile();
        File.Copy(_file.Path, elsewhere.Path);
        await using var copy = await CrashedStore.OpenAsync(elsewhere);
        Assert.Equal((1L, 1), (copy.Revision, copy.Count("")));
    }

    /// <summary>A store of a version that knew no marks, killed: its log is taken up, and it has a mark from then on.</summary>
    [Fact]
    public async Task OpenAsync_OlderFormatWithItsLog_IsTakenUp()
    {
        await using (var store = await CrashedStore.OpenAsync(_file)) { }
        File.Delete(_file.Mark);
        using (var connection = Connections.OpenExclusively(_file.Path))
        {
            using var journal = new SqliteJournal(connection, _time, 0);
            journal.Commit([new FeedEvent(FeedEventType.Created, new StoredValue("/1", CrashedStore.Value(1).Value, 1, 1), null)]);
        }
        Assert.True(new FileInfo(_file.Wal).Length > 0);
        await using (var store = await CrashedStore.OpenAsync(_file))
        {
            Assert.Equal((1L, 1), (store.Revision, store.Count("")));
            Assert.True(File.Exists(_file.Mark));
            Assert.Equal(DatabaseFormat.InUse, DatabaseFormat.Read(_file.Path, isOurs: true));
        }
        Assert.Equal(DatabaseFormat.Closed, DatabaseFormat.Read(_file.Path, isOurs: true));
    }

    // The timer fires, and what it asked of the writer is done before what is asked after it.
    private async Task RingAsync(SqliteStore store, double seconds = 2)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await store.CompactAsync(0, Ct);
    }
}
