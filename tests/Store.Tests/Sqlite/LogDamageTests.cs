using System.Globalization;

namespace Coxswain.Store.Tests.Sqlite;

/// <summary>A log that is not what was written: every acknowledged write is there, or the store refuses and leaves every file as it is.</summary>
public sealed class LogDamageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAsync_KilledProcess_HasEveryAcknowledgedWrite()
    {
        using var crashed = await CrashedStore.MakeAsync();
        await using var store = await CrashedStore.OpenAsync(crashed.File);
        crashed.AssertWhole(store);
        Assert.Equal(crashed.Acknowledged, store.Revision);
    }

    [Fact]
    public async Task OpenAsync_AnyBitOfTheLogFlipped_IsRefusedNamingFileAndByte()
    {
        using var crashed = await CrashedStore.MakeAsync();
        var (sound, random) = (crashed.Log, Seeded(out var seed));
        for (var i = 0; i < 60; i++)
        {
            var at = i switch { 0 => 0, 1 => 13, 2 => 24, 3 => 32 + 5, _ => random.NextInt64(crashed.Ends[^1]) };
            await File.WriteAllBytesAsync(crashed.File.Wal, Flipped(sound, at, random), Ct);
            var refused = await crashed.RefusedAsync();
            Assert.True(refused.Path == crashed.File.Wal, $"seed {seed}, byte {at}: {refused.Message}");
            var named = long.Parse(refused.Reason.Split("byte ")[1].Split(' ', ',')[0], CultureInfo.InvariantCulture);
            Assert.True(named == FrameOf(at), $"seed {seed}, byte {at}: {refused.Message}");
        }
    }

    [Fact]
    public async Task OpenAsync_BitFlippedAndMarkAsOldAsAPowerLossLeavesIt_IsRefusedUnlessItHitTheLastWrite()
    {
        using var crashed = await CrashedStore.MakeAsync();
        var (sound, random) = (crashed.Log, Seeded(out var seed));
        await File.WriteAllBytesAsync(crashed.File.Mark, crashed.OldMark, Ct);
        var frames = (crashed.Ends[^2] - CrashedStore.HeaderBytes) / CrashedStore.FrameBytes;
        for (var i = 0; i < 80; i++)
        {
            // Half of them in a frame's header, which holds what tells transactions apart.
            var at = CrashedStore.HeaderBytes + random.NextInt64(frames) * CrashedStore.FrameBytes + random.Next(i % 2 == 0 ? 24 : CrashedStore.FrameBytes);
            if (at >= LastWriteOf(sound, crashed)) continue;
            await File.WriteAllBytesAsync(crashed.File.Wal, Flipped(sound, at, random), Ct);
            Assert.True((await crashed.RefusedAsync()).Path == crashed.File.Wal, $"seed {seed}, byte {at}");
        }
    }

    [Theory]
    [InlineData(0, "is damaged: it is empty")]
    [InlineData(20, "is damaged: its header, at byte 0, is not sound")]
    [InlineData(32, "is damaged: the page at byte 32 is not what was written, and acknowledged writes lie there or behind")]
    [InlineData(3000, "is damaged: the page at byte 32 is not what was written, and acknowledged writes lie there or behind")]
    [InlineData(32 + 3 * CrashedStore.FrameBytes, "is damaged: the page at byte 12392 is not what was written, and acknowledged writes lie there or behind")]
    [InlineData(32 + 4 * CrashedStore.FrameBytes + 10, "is damaged: the page at byte 16512 is not what was written, and acknowledged writes lie there or behind")]
    public async Task OpenAsync_LogCutShort_IsRefused(int length, string reason)
    {
        using var crashed = await CrashedStore.MakeAsync();
        await File.WriteAllBytesAsync(crashed.File.Wal, crashed.Log[..length], Ct);
        Assert.Equal(reason, (await crashed.RefusedAsync()).Reason);
    }

    [Fact]
    public async Task OpenAsync_LogOneByteShortOfTheLastWrite_IsRefused()
    {
        using var crashed = await CrashedStore.MakeAsync();
        await File.WriteAllBytesAsync(crashed.File.Wal, crashed.Log[..(int)(crashed.Ends[^1] - 1)], Ct);
        Assert.EndsWith("acknowledged writes lie there or behind", (await crashed.RefusedAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_LogGone_IsRefused()
    {
        using var crashed = await CrashedStore.MakeAsync();
        File.Delete(crashed.File.Wal);
        var refused = await crashed.RefusedAsync();
        Assert.Equal($"{crashed.File.Wal} is missing", $"{refused.Path} {refused.Reason}");
    }

    [Fact]
    public async Task OpenAsync_EarlierStateOfTheLogPutBack_IsRefused()
    {
        byte[] earlier = [];
        using var crashed = await CrashedStore.MakeAsync(after: (made, batch) => { if (batch == 5) earlier = made.Log; });
        await File.WriteAllBytesAsync(crashed.File.Wal, earlier, Ct);
        Assert.EndsWith("acknowledged writes lie there or behind", (await crashed.RefusedAsync()).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)] // the process was killed
    [InlineData(true)] // it was ended in order, and the log removed
    public async Task OpenAsync_LogOfAnEarlierLifePutBack_IsRefused(bool closed)
    {
        using var crashed = await CrashedStore.MakeAsync();
        var earlier = crashed.Log;
        await using (var store = await CrashedStore.OpenAsync(crashed.File))
        {
            await store.WriteAsync(new Proposal(WriteKind.Create, "/later", new byte[] { 1 }), Ct);
            if (!closed) crashed.File.CopyAside();
        }
        if (!closed) crashed.Restore();
        await File.WriteAllBytesAsync(crashed.File.Wal, earlier, Ct);
        Assert.Equal("is damaged: it is not the log that was last written, but an earlier one or another store's", (await crashed.RefusedAsync()).Reason);
    }

    [Theory]
    [InlineData(true, "is missing: without it nobody can tell whether the log is whole")]
    [InlineData(false, "is damaged: it cannot be read as the mark of a log")]
    public async Task OpenAsync_MarkGoneOrDamaged_IsRefused(bool gone, string reason)
    {
        using var crashed = await CrashedStore.MakeAsync();
        if (gone) File.Delete(crashed.File.Mark);
        else await File.WriteAllBytesAsync(crashed.File.Mark, new byte[8192], Ct);
        var refused = await crashed.RefusedAsync();
        Assert.Equal((crashed.File.Mark, reason), (refused.Path, refused.Reason));
    }

    [Fact]
    public async Task OpenAsync_EarlierDatabasePutBack_IsRefused()
    {
        using var crashed = await CrashedStore.MakeAsync();
        var earlier = await File.ReadAllBytesAsync(crashed.File.Path, Ct);
        await using (var store = await CrashedStore.OpenAsync(crashed.File)) crashed.AssertWhole(store);
        await File.WriteAllBytesAsync(crashed.File.Path, earlier, Ct);
        var refused = await crashed.RefusedAsync(); // the log was closed in order, and is gone rightly; but the database says that there is one
        Assert.Equal($"{crashed.File.Wal} is missing", $"{refused.Path} {refused.Reason}");
    }

    [Fact]
    public async Task OpenAsync_EarlierClosedDatabasePutBack_IsRefused()
    {
        using var file = new TemporaryFile();
        await using (var store = await CrashedStore.OpenAsync(file)) await store.WriteAsync(CrashedStore.Value(1), Ct);
        var earlier = await File.ReadAllBytesAsync(file.Path, Ct);
        await using (var store = await CrashedStore.OpenAsync(file)) await store.WriteAsync(CrashedStore.Value(2), Ct);
        await File.WriteAllBytesAsync(file.Path, earlier, Ct);
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => CrashedStore.OpenAsync(file));
        Assert.Equal("is damaged: its newest revision is 1, but writes up to 2 were acknowledged", refused.Reason);
    }

    private static Random Seeded(out int seed)
    {
        seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    private static byte[] Flipped(byte[] bytes, long at, Random random)
    {
        var copy = (byte[])bytes.Clone();
        copy[at] ^= (byte)(1 << random.Next(8));
        return copy;
    }

    private static long FrameOf(long at) => at < CrashedStore.HeaderBytes ? 0 : at - (at - CrashedStore.HeaderBytes) % CrashedStore.FrameBytes;

    /// <summary>Where the log's last transaction begins.</summary>
    private static long LastWriteOf(byte[] log, CrashedStore crashed)
    {
        var frame = crashed.Ends[^1] - 2 * CrashedStore.FrameBytes;
        while (log.AsSpan((int)frame + 4, 4).IndexOfAnyExcept((byte)0) < 0) frame -= CrashedStore.FrameBytes;
        return frame + CrashedStore.FrameBytes;
    }
}
