using System.Text;
using Coxswain.Store.Tests.Sqlite;

namespace Coxswain.Store.Tests.Snapshots;

public sealed class SqliteImportTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Fill_GivesEachValueARevisionAboveTheBound_InOrder_AndIsDurable()
    {
        var newest = await SqliteImport.FillAsync(_file.Path, Values(1500), after: 5_000_000_000, v => new Proposal(WriteKind.Create, v.Key, v.Bytes, 1), Ct);

        Assert.Equal(5_000_001_500, newest);
        await using var store = await SqliteStore.OpenAsync(_file.Path, ct: Ct);
        Assert.Equal((newest, newest), (store.Revision, store.OldestRevision));
        var all = store.Range("/")!.Values.OrderBy(v => v.Revision).ToList();
        Assert.Equal(Enumerable.Range(0, 1500).Select(i => ($"/k{i}", 5_000_000_001L + i, $"[{5_000_000_001L + i}]")), all.Select(v => (v.Key, v.Revision, Encoding.ASCII.GetString(v.Bytes.Span))));
        Assert.Throws<FeedExpiredException>(() => store.Subscribe("/", newest - 1));
        var written = await store.WriteAsync(new Proposal(WriteKind.Create, "/new", default), Ct);
        Assert.Equal(newest + 1, written.Revision);
    }

    [Fact]
    public async Task Fill_LeavesNoLogBesideTheFile()
    {
        await SqliteImport.FillAsync(_file.Path, Values(3), 0, v => new Proposal(WriteKind.Create, v.Key, v.Bytes, 1), Ct);

        Assert.False(File.Exists(_file.Wal));
        Assert.Equal(3, SqliteImport.NewestRevision(_file.Path));
    }

    [Fact]
    public async Task Fill_WithAKeyTwice_IsRefused()
    {
        var e = await Assert.ThrowsAsync<SnapshotException>(() => SqliteImport.FillAsync(_file.Path, Twice(), 0, v => new Proposal(WriteKind.Create, v.Key, v.Bytes), Ct));
        Assert.Equal("is damaged: key /k0 is in it twice", e.Message);

        async IAsyncEnumerable<StoredValue> Twice()
        {
            await foreach (var value in Values(1)) { yield return value; yield return value; }
        }
    }

    [Fact]
    public async Task NewestRevision_OfWhatIsNoStore_IsNull()
    {
        Assert.Null(SqliteImport.NewestRevision(_file.Path));
        await File.WriteAllTextAsync(_file.Path, "no database at all, however long it may be", Ct);
        Assert.Null(SqliteImport.NewestRevision(_file.Path));
        Assert.Equal("no database at all, however long it may be", await File.ReadAllTextAsync(_file.Path, Ct));
    }

    private static async IAsyncEnumerable<StoredValue> Values(int count)
    {
        await Task.Yield();
        for (var i = 0; i < count; i++) yield return new StoredValue($"/k{i}", "[]"u8.ToArray(), i + 1, 1);
    }
}
