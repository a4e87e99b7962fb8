using System.Text;

namespace Coxswain.Store.Tests.Sqlite;

/// <summary>A damaged store that its owner opens all the same: what is readable is there, what was lost is said, no revision comes twice, and the damaged files stay.</summary>
public sealed class AcceptDataLossTests
{
    private const long Gap = 1_000_000_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAsync_FrameInTheMiddleDamaged_KeepsWhatCameBeforeAndSaysWhatIsLost()
    {
        using var crashed = await CrashedStore.MakeAsync();
        var log = crashed.Log;
        log[crashed.Ends[4] + 1000] ^= 1; // in the first write after the fifth look: revision 16
        await File.WriteAllBytesAsync(crashed.File.Wal, log, Ct);
        var damaged = crashed.File.Content();
        await using (var store = await CrashedStore.OpenAsync(crashed.File, acceptLoss: true))
        {
            var loss = store.Loss!;
            Assert.Equal((15, 0, 15L, 42L, 42 + Gap), (loss.Values, loss.Unreadable, loss.LastRead, loss.LastAcknowledged, loss.Revision));
            Assert.Equal($"15 objects were read back, as of revision 15; the writes 16 to 42 are lost. The damaged files are kept as {loss.KeptAs}*; revisions go on from 1000000042", loss.Describe());
            Assert.Equal(Enumerable.Range(1, 15).Select(i => $"/{i}").Order(StringComparer.Ordinal), store.Range("")!.Values.Select(v => v.Key));
            Assert.All(store.Range("")!.Values, v => Assert.Equal(CrashedStore.Value(v.Revision).Value.ToArray(), v.Bytes.ToArray()));
            Assert.Equal((42 + Gap, 42 + Gap), (store.Revision, store.OldestRevision)); // a watch from an older one is told that it has expired
            Assert.Equal(43 + Gap, (await store.WriteAsync(Of("/next"), Ct)).Revision);
            foreach (var (name, hash) in damaged.Where(f => !f.Key.EndsWith(".copy", StringComparison.Ordinal))) Assert.Equal(hash, crashed.File.Content()[name.Replace("store.db", Path.GetFileName(loss.KeptAs), StringComparison.Ordinal)]);
        }
        await using var again = await CrashedStore.OpenAsync(crashed.File); // sound from now on
        Assert.Equal((43 + Gap, 16), (again.Revision, again.Count("")));
        Assert.Null(again.Loss);
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-mark")]
    [InlineData("")]
    public async Task OpenAsync_AFileGone_GoesOnWithTheRestFarBehind(string ending)
    {
        using var crashed = await CrashedStore.MakeAsync();
        File.Delete(crashed.File.Path + ending);
        await crashed.RefusedAsync();
        await using var store = await CrashedStore.OpenAsync(crashed.File, acceptLoss: true);
        Assert.Equal(ending == "-mark" ? 42 : 0, store.Count(""));
        Assert.Equal(42 + Gap, store.Revision);
    }

    [Fact]
    public async Task OpenAsync_DatabaseDamagedAnywhere_ReadsBackRowsOnBothSidesOfTheDamage()
    {
        using var file = new TemporaryFile();
        await using (var store = await CrashedStore.OpenAsync(file))
        {
            for (var i = 1; i <= 300; i++) await store.WriteAsync(CrashedStore.Value(i), Ct);
        }
        var bytes = await File.ReadAllBytesAsync(file.Path, Ct);
        var page = bytes.AsSpan().IndexOf("value of 150 "u8) / 4096 * 4096;
        bytes.AsSpan(page, 4096).Fill(0xA5);
        await File.WriteAllBytesAsync(file.Path, bytes, Ct);
        await using var salvaged = await CrashedStore.OpenAsync(file, acceptLoss: true);
        Assert.InRange(salvaged.Count(""), 290, 299);
        Assert.All(salvaged.Range("")!.Values, v => Assert.Equal(CrashedStore.Value(v.Revision).Value.ToArray(), v.Bytes.ToArray()));
        Assert.Equal((null, 300 + Gap), (salvaged.Get("/150"), salvaged.Revision));
    }

    [Fact]
    public async Task OpenAsync_HeaderOverwritten_IsDamageOfOurs()
    {
        using var crashed = await CrashedStore.MakeAsync();
        using (var file = File.OpenWrite(crashed.File.Path)) file.Write("no longer SQLite"u8);
        Assert.Equal("is damaged: it is no SQLite database", (await crashed.RefusedAsync()).Reason);
        await using var store = await CrashedStore.OpenAsync(crashed.File, acceptLoss: true);
        Assert.Equal(42 + Gap, store.Revision);
    }

    [Fact]
    public async Task OpenAsync_SoundOrForeign_IsNotTouched()
    {
        using var crashed = await CrashedStore.MakeAsync();
        await using (var store = await CrashedStore.OpenAsync(crashed.File, acceptLoss: true))
        {
            crashed.AssertWhole(store);
            Assert.Null(store.Loss);
        }
        using var foreign = new TemporaryFile();
        await File.WriteAllTextAsync(foreign.Path, "apiVersion: v1\nkind: ConfigMap\n", Ct);
        await Assert.ThrowsAsync<StoreOpenException>(() => CrashedStore.OpenAsync(foreign, acceptLoss: true));
        Assert.Equal([Path.GetFileName(foreign.Path)], foreign.Content().Keys);
    }

    private static Proposal Of(string key) => new(WriteKind.Create, key, Encoding.ASCII.GetBytes("v"));
}
