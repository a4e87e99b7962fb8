using System.Text;
using Coxswain.Store.Sqlite;

namespace Coxswain.Store.Tests.Sqlite;

/// <summary>What a write that was never acknowledged may leave in the log: any part of it, in any order. That is no damage.</summary>
public sealed class UnfinishedWriteTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)] // the mark tells of the last write that was acknowledged
    [InlineData(true)] // it is as old as a power loss can leave it
    public async Task OpenAsync_AnySectorsOfTheLastWriteLost_HasWhatWasAcknowledged(bool oldMark)
    {
        using var crashed = await MakeAsync();
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var (log, end, written) = (crashed.Log, (int)crashed.Ends[^1], (int)LogScan.OffsetOf(LogScan.Read(crashed.File.Wal).Committed + 1));
        Assert.InRange(written - end, 200_000, 300_000);
        for (var i = 0; i < 40; i++)
        {
            crashed.Restore();
            var torn = (byte[])log.Clone();
            var kept = random.NextDouble(); // mostly there, or hardly
            for (var at = end; at < torn.Length; at = Math.Min(torn.Length, (at / 512 + 1) * 512))
            {
                if (random.NextDouble() > kept) torn.AsSpan(at..Math.Min(torn.Length, (at / 512 + 1) * 512)).Clear();
            }
            await File.WriteAllBytesAsync(crashed.File.Wal, torn, Ct);
            if (oldMark) await File.WriteAllBytesAsync(crashed.File.Mark, crashed.OldMark, Ct);
            await using var store = await OpenOrSayAsync(crashed, $"seed {seed}, round {i}");
            crashed.AssertWhole(store);
            Assert.True(store.Revision == crashed.Acknowledged || torn.AsSpan(0, written).SequenceEqual(log.AsSpan(0, written)), $"seed {seed}, round {i}: part of a write");
        }
    }

    [Fact]
    public async Task OpenAsync_LastWriteCutAnywhere_HasWhatWasAcknowledgedAndCountsOn()
    {
        using var crashed = await MakeAsync();
        var (log, end) = (crashed.Log, (int)crashed.Ends[^1]);
        for (var cut = end; cut < end + 9 * CrashedStore.FrameBytes; cut += 1777)
        {
            crashed.Restore();
            await File.WriteAllBytesAsync(crashed.File.Wal, log[..cut], Ct);
            await using var store = await CrashedStore.OpenAsync(crashed.File);
            Assert.Equal((crashed.Acknowledged, (int)crashed.Acknowledged), (store.Revision, store.Count("")));
            Assert.Equal(crashed.Acknowledged + 1, (await store.WriteAsync(CrashedStore.Value(crashed.Acknowledged + 1), Ct)).Revision);
        }
    }

    /// <summary>Twelve batches that were acknowledged, and one of some fifty pages that is in the log and was never flushed.</summary>
    private static async Task<CrashedStore> MakeAsync()
    {
        var crashed = await CrashedStore.MakeAsync();
        var last = false;
        await using (var store = await CrashedStore.OpenAsync(crashed.File, Flushing))
        {
            crashed.Rebase();
            await crashed.WriteAsync(store, 5);
            last = true;
            var write = store.WriteAsync(new Proposal(WriteKind.Create, "/unfinished", Encoding.ASCII.GetBytes(new string('x', 200_000))), Ct).AsTask();
            await Assert.ThrowsAsync<StoreUnavailableException>(() => write);
        }
        crashed.Restore();
        return crashed;

        void Flushing()
        {
            if (!last) return;
            crashed.File.CopyAside();
            throw new IOException("cut off");
        }
    }

    private static async Task<SqliteStore> OpenOrSayAsync(CrashedStore crashed, string round)
    {
        try { return await CrashedStore.OpenAsync(crashed.File); }
        catch (StoreOpenException e) { throw new InvalidOperationException($"{round}: refused", e); }
    }
}
