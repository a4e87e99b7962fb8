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
        var (crashed, before) = await MakeAsync();
        using var _ = crashed;
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var (log, end, written) = (crashed.Log, (int)crashed.Ends[^1], (int)LogScan.OffsetOf(LogScan.Read(crashed.File.Wal).Committed + 1));
        Assert.InRange(written - end, 200_000, 300_000);
        for (var i = 0; i < 60; i++)
        {
            crashed.Restore();
            var torn = (byte[])log.Clone(); // with what an earlier log left in that place
            var kept = random.NextDouble(); // mostly there, or hardly
            for (var at = end; at < torn.Length; at = Math.Min(torn.Length, (at / 512 + 1) * 512))
            {
                var sector = at..Math.Min(torn.Length, (at / 512 + 1) * 512);
                if (random.NextDouble() > kept) before.AsSpan(sector).CopyTo(torn.AsSpan(sector));
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
        var (crashed, _) = await MakeAsync();
        using var __ = crashed;
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

    /// <summary>A sector may end within a frame's header: what the first half says is then an earlier log's, though the second half is this one's.</summary>
    [Fact]
    public async Task OpenAsync_SectorEndsWithinAFramesHeader_IsNotTakenForDamage()
    {
        var (crashed, before) = await MakeAsync();
        using var _ = crashed;
        var (torn, end, split) = (crashed.Log, (int)crashed.Ends[^1], (int)LogScan.OffsetOf(42));
        Assert.Equal(504, split % 512);
        Assert.InRange(split, end + CrashedStore.FrameBytes, end + 40 * CrashedStore.FrameBytes);
        before[split + 7] = 1; // there the earlier log ended a transaction
        foreach (var lost in new[] { end..(end + CrashedStore.FrameBytes), split..(split + 8) }) before.AsSpan(lost).CopyTo(torn.AsSpan(lost));
        await File.WriteAllBytesAsync(crashed.File.Wal, torn, Ct);
        await File.WriteAllBytesAsync(crashed.File.Mark, crashed.OldMark, Ct);
        await using var store = await CrashedStore.OpenAsync(crashed.File);
        crashed.AssertWhole(store);
    }

    /// <summary>Five writes that were acknowledged, and one of some fifty pages that is in the log and was never flushed.</summary>
    /// <returns>Also the log as it was before that one.</returns>
    private static async Task<(CrashedStore Crashed, byte[] Before)> MakeAsync()
    {
        var before = Array.Empty<byte>();
        var crashed = await CrashedStore.MakeAsync();
        var last = false;
        await using (var store = await CrashedStore.OpenAsync(crashed.File, Flushing))
        {
            crashed.Rebase();
            await crashed.WriteAsync(store, 5);
            before = crashed.Log;
            last = true;
            var write = store.WriteAsync(new Proposal(WriteKind.Create, "/unfinished", Encoding.ASCII.GetBytes(new string('x', 200_000))), Ct).AsTask();
            await Assert.ThrowsAsync<StoreUnavailableException>(() => write);
        }
        crashed.Restore();
        Assert.Equal(before.Length, crashed.Log.Length);
        return (crashed, before);

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
