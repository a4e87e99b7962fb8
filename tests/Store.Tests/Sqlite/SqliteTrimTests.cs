using System.Text;

namespace Coxswain.Store.Tests.Sqlite;

/// <summary>History on disk: bounded by age and bytes, trimmed after writes.</summary>
public sealed class SqliteTrimTests : IDisposable
{
    private readonly TemporaryFile _file = new();
    private readonly ManualTime _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Write_HistoryOlderThanItsAge_IsTrimmedAndLiveValuesStay()
    {
        await using (var store = await OpenAsync(new SqliteStoreOptions { DiskHistoryAge = TimeSpan.FromHours(1) }))
        {
            await WriteAsync(store, WriteKind.Create, "/lasting");
            await WriteAsync(store, WriteKind.Create, "/gone");
            await WriteAsync(store, WriteKind.Delete, "/gone");
            for (var i = 0; i < 300; i++) await WriteAsync(store, i == 0 ? WriteKind.Create : WriteKind.Update, "/old");
            _time.Advance(TimeSpan.FromHours(2));
            for (var i = 0; i < 600; i++) await WriteAsync(store, i == 0 ? WriteKind.Create : WriteKind.Update, "/young");
        }
        Assert.Empty(_file.Query("SELECT 1 FROM log WHERE key = '/gone'"));
        Assert.Equal([[1L]], _file.Query("SELECT revision FROM log WHERE key = '/lasting'"));
        Assert.True(_file.Query("SELECT 1 FROM log WHERE key = '/old'").Count < 100);
        Assert.Equal(600, _file.Query("SELECT 1 FROM log WHERE key = '/young'").Count);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(-24)]
    public async Task Write_ClockSet_HistoryOfTheLastHourStays(int hours)
    {
        await using (var store = await OpenAsync(new SqliteStoreOptions { DiskHistoryAge = TimeSpan.FromHours(1) }))
        {
            for (var i = 0; i < 600; i++) await WriteAsync(store, i == 0 ? WriteKind.Create : WriteKind.Update, "/a");
            _time.Set = TimeSpan.FromHours(hours);
            for (var i = 0; i < 600; i++) await WriteAsync(store, WriteKind.Update, "/a");
        }
        Assert.Equal(1200, _file.Query("SELECT 1 FROM log WHERE key = '/a'").Count);
    }

    [Fact]
    public async Task Write_HistoryLargerThanItsBytes_TakesNoMoreRoom()
    {
        const int bound = 1 << 20, size = 4000, writes = 3000;
        await using (var store = await OpenAsync(new SqliteStoreOptions { DiskHistoryBytes = bound }))
        {
            for (var i = 0; i < writes; i++) await WriteAsync(store, i == 0 ? WriteKind.Create : WriteKind.Update, "/a", size);
        }
        Assert.InRange(new FileInfo(_file.Path).Length, 0, 4 * bound); // 12 MB were written
        var kept = _file.Query("SELECT revision FROM log ORDER BY revision").Select(r => (long)r[0]).ToList();
        Assert.Equal(Enumerable.Range(writes - kept.Count + 1, kept.Count).Select(i => (long)i), kept); // the newest ones, without a hole
    }

    [Fact]
    public async Task CompactAsync_SupersededRows_GoAndWhatIsNeededLaterStays()
    {
        await using (var store = await OpenAsync(new SqliteStoreOptions()))
        {
            await WriteAsync(store, WriteKind.Create, "/a"); // 1
            await WriteAsync(store, WriteKind.Create, "/b"); // 2
            await WriteAsync(store, WriteKind.Update, "/a"); // 3
            await WriteAsync(store, WriteKind.Delete, "/b"); // 4
            await WriteAsync(store, WriteKind.Update, "/a"); // 5
            await WriteAsync(store, WriteKind.Create, "/c"); // 6
            await store.CompactAsync(4, Ct);
        }
        // As of revision 4 there was /a at 3.
        Assert.Equal([[3L], [5L], [6L]], _file.Query("SELECT revision FROM log ORDER BY revision"));
    }

    /// <summary>What was deleted stands in the row that the deletion supersedes; writing it again would make deletions as slow as creations.</summary>
    [Fact]
    public async Task Write_DeletionOfALastValue_LeavesTheValueInTheRowBeforeOnly()
    {
        await using (var store = await OpenAsync(new SqliteStoreOptions()))
        {
            await WriteAsync(store, WriteKind.Create, "/a");
            await store.WriteAsync(new Proposal(WriteKind.Delete, "/a", default, 0, ExpectedRevision: 1), Ct);
            await WriteAsync(store, WriteKind.Create, "/b");
            await store.WriteAsync(new Proposal(WriteKind.Delete, "/b", "another"u8.ToArray()), Ct);
        }
        Assert.Equal([[1L, 0L, "xxxxxxxxxx"], [2L, 1L, ""], [3L, 0L, "xxxxxxxxxx"], [4L, 3L, "another"]], _file.Query("SELECT revision, previous, CAST(value AS TEXT) FROM log ORDER BY revision"));
        await using var again = await OpenAsync(new SqliteStoreOptions());
        Assert.Equal((4L, 0), (again.Revision, again.Count("/")));
    }

    private Task<SqliteStore> OpenAsync(SqliteStoreOptions options) => SqliteStore.OpenAsync(_file.Path, options, _time, ct: Ct);

    private static ValueTask<WriteResult> WriteAsync(SqliteStore store, WriteKind kind, string key, int size = 10) =>
        store.WriteAsync(new Proposal(kind, key, Encoding.ASCII.GetBytes(new string('x', kind == WriteKind.Delete ? 0 : size))), Ct);
}
