using System.Text;
using Microsoft.Data.Sqlite;

namespace Coxswain.Store.Tests.Sqlite;

/// <summary>Files that are not a sound store: a clear refusal, and not one byte changed.</summary>
public sealed class SqliteDamageTests : IDisposable
{
    private readonly TemporaryFile _file = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task OpenAsync_TextFile_IsRefused()
    {
        await File.WriteAllTextAsync(_file.Path, "apiVersion: v1\nkind: ConfigMap\n", Ct);
        Assert.Equal("is not a store: it is no SQLite database", (await RefusedAsync()).Reason);
    }

    [Fact]
    public async Task OpenAsync_EmptyFile_IsRefused()
    {
        await File.WriteAllBytesAsync(_file.Path, [], Ct);
        Assert.Equal("is damaged: it is empty", (await RefusedAsync()).Reason);
    }

    [Fact]
    public async Task OpenAsync_OtherProgramsDatabase_IsRefusedWithItsLogUntouched()
    {
        using (var connection = new SqliteConnection($"Data Source={_file.Path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);";
            command.ExecuteNonQuery();
            _file.CopyAside();
        }
        _file.RestoreCopy(); // as after a crash: there is a log to be replayed, by its owner
        Assert.True(File.Exists(_file.Wal));
        Assert.Equal("is not a store: it is another program's SQLite database", (await RefusedAsync()).Reason);
    }

    [Fact]
    public async Task OpenAsync_LaterFormat_IsRefused()
    {
        await MakeAsync();
        _file.Query("PRAGMA user_version=3");
        Assert.Equal("has format 3, and this program knows only 1 and 2", (await RefusedAsync()).Reason);
    }

    [Fact]
    public async Task OpenAsync_LogWithoutItsDatabase_IsRefused()
    {
        await File.WriteAllTextAsync(_file.Wal, "what is left of something", Ct);
        Assert.Equal("is missing, but its log is there", (await RefusedAsync()).Reason);
    }

    [Fact]
    public async Task OpenAsync_CreationCutShort_StartsAnew()
    {
        await File.WriteAllTextAsync(_file.Path + ".new", "half made", Ct);
        await using var store = await SqliteStore.OpenAsync(_file.Path, ct: Ct);
        Assert.Equal(0, store.Revision);
    }

    [Theory]
    [InlineData(0.0005)]
    [InlineData(0.02)]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public async Task OpenAsync_CutShort_IsRefused(double share)
    {
        await MakeAsync();
        using (var file = File.OpenWrite(_file.Path)) file.SetLength((long)(file.Length * share));
        Assert.StartsWith("is damaged", (await RefusedAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_OneBitOfAValueFlipped_IsRefusedNamingTheRevision()
    {
        await MakeAsync();
        var bytes = await File.ReadAllBytesAsync(_file.Path, Ct);
        bytes[bytes.AsSpan().IndexOf("value of 123"u8)] ^= 1;
        await File.WriteAllBytesAsync(_file.Path, bytes, Ct);
        Assert.Equal("is damaged: revision 124 does not match its checksum", (await RefusedAsync()).Reason);
    }

    [Fact]
    public async Task OpenAsync_LiveRowGone_IsRefused()
    {
        await MakeAsync();
        _file.Query("DELETE FROM log WHERE revision = 50");
        Assert.Equal("is damaged: a live value is missing from the log", (await RefusedAsync()).Reason);
    }

    [Fact]
    public async Task OpenAsync_BytesOverwrittenAnywhere_IsRefusedOrSound()
    {
        await MakeAsync();
        var sound = await File.ReadAllBytesAsync(_file.Path, Ct);
        var random = new Random(11);
        var refused = 0;
        for (var i = 0; i < 40; i++)
        {
            var bytes = (byte[])sound.Clone();
            random.NextBytes(bytes.AsSpan(random.Next(bytes.Length - 64), 64));
            await File.WriteAllBytesAsync(_file.Path, bytes, Ct);
            if (await Record.ExceptionAsync(OpenAndCheckAsync) is not { } e) continue;
            Assert.IsType<StoreOpenException>(e);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(_file.Path, Ct));
            refused++;
        }
        Assert.InRange(refused, 20, 40); // what can do no harm lies in unused room
    }

    private async Task MakeAsync()
    {
        await using var store = await SqliteStore.OpenAsync(_file.Path, ct: Ct);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => store.WriteAsync(Value(i), Ct).AsTask()));
    }

    private static Proposal Value(int i) => new(WriteKind.Create, $"/{i:000}", Encoding.ASCII.GetBytes($"value of {i} {new string('.', 600)}"));

    private async Task OpenAndCheckAsync()
    {
        await using var store = await SqliteStore.OpenAsync(_file.Path, ct: Ct);
        Assert.All(store.Range("")!.Values, v => Assert.Equal(Value(int.Parse(v.Key[1..], null)).Value.ToArray(), v.Bytes.ToArray()));
    }

    private async Task<StoreOpenException> RefusedAsync()
    {
        var before = _file.Content();
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteStore.OpenAsync(_file.Path, ct: Ct));
        Assert.Equal(before, _file.Content());
        Assert.StartsWith(_file.Path + " ", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Advice);
        return refused;
    }
}
