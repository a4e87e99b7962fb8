using System.Text;

namespace Coxswain.Store.Tests.Sqlite;

/// <summary>A store's files as a killed process leaves them: acknowledged writes that are in the log only.</summary>
internal sealed class CrashedStore : IDisposable
{
    public const int HeaderBytes = 32, FrameBytes = 24 + 4096;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public TemporaryFile File { get; } = new();

    /// <summary>Where the log ended after each few writes.</summary>
    public List<long> Ends { get; } = [];

    public byte[] Log => System.IO.File.ReadAllBytes(File.Wal);

    /// <summary>As a power loss leaves the mark at worst: as it was when the log was begun.</summary>
    public byte[] OldMark { get; private set; } = [];

    /// <summary>One to six writes between two looks at the log, of a few bytes up to some pages each; key <c>/N</c> is made by revision N.</summary>
    public static async Task<CrashedStore> MakeAsync(int batches = 12, Action<CrashedStore, int>? after = null)
    {
        var made = new CrashedStore();
        await using (var store = await OpenAsync(made.File))
        {
            made.OldMark = await System.IO.File.ReadAllBytesAsync(made.File.Mark, Ct);
            for (var batch = 0; batch < batches; batch++)
            {
                await made.WriteAsync(store, batch % 6 + 1);
                after?.Invoke(made, batch);
            }
            made.File.CopyAside();
        }
        made.Restore();
        return made;
    }

    public static Task<SqliteStore> OpenAsync(TemporaryFile file, Action? flushing = null, bool acceptLoss = false, TimeProvider? time = null) =>
        SqliteStore.OpenAsync(file.Path, new SqliteStoreOptions { Flushing = flushing, AcceptDataLoss = acceptLoss }, time ?? new ManualTime(), ct: Ct);

    public static Proposal Value(long revision) =>
        new(WriteKind.Create, $"/{revision}", Encoding.ASCII.GetBytes($"value of {revision} {new string('.', (int)(revision * 2477 % 9000))}"));

    /// <summary>The newest revision that was acknowledged.</summary>
    public long Acknowledged { get; private set; }

    public void Restore()
    {
        foreach (var leftover in new[] { File.Wal, File.Mark }) System.IO.File.Delete(leftover);
        File.RestoreCopy();
    }

    /// <summary>All that was acknowledged is there, as it was written.</summary>
    public void AssertWhole(SqliteStore store)
    {
        Assert.InRange(store.Revision, Acknowledged, long.MaxValue);
        for (var revision = 1L; revision <= Acknowledged; revision++) Assert.True(store.Get($"/{revision}")!.Bytes.Span.SequenceEqual(Value(revision).Value.Span));
    }

    public async Task<StoreOpenException> RefusedAsync()
    {
        var before = File.Content();
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync(File));
        Assert.Equal(before, File.Content());
        Assert.True(refused.IsDamage);
        Assert.EndsWith("'cox snapshot restore FILE', or go on with what can be read: 'cox up --accept-data-loss'", refused.Advice, StringComparison.Ordinal);
        return refused;
    }

    /// <summary>The log was begun anew.</summary>
    public void Rebase()
    {
        Ends.Clear();
        OldMark = System.IO.File.ReadAllBytes(File.Mark);
    }

    public async Task WriteAsync(SqliteStore store, int count)
    {
        for (var i = 0; i < count; i++) Acknowledged = (await store.WriteAsync(Value(Acknowledged + 1), Ct)).Revision;
        Ends.Add(LogScanEnd());
    }

    public void Dispose() => File.Dispose();

    private long LogScanEnd() => HeaderBytes + (long)Coxswain.Store.Sqlite.LogScan.Read(File.Wal).Committed * FrameBytes;
}
