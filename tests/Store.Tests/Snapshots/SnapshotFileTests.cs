using System.IO.Pipelines;
using System.Text;

namespace Coxswain.Store.Tests.Snapshots;

public sealed class SnapshotFileTests
{
    private static readonly SnapshotHeader Header = new("uid-1", 42, new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), "cox 1.2.3");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Snapshot_ReadBack_IsWhatWasWritten()
    {
        var (header, records) = await ReadAsync(await WrittenAsync());

        Assert.Equal(Header, header);
        var file = Assert.IsType<SnapshotFile>(records[0]);
        Assert.Equal(("pki/ca.key", UnixFileMode.UserRead | UnixFileMode.UserWrite, "key"), (file.Name, file.Mode, Encoding.UTF8.GetString(file.Content.Span)));
        var values = records.Skip(1).Cast<StoredValue>().ToList();
        Assert.Equal([("/a", 7L, 3L, "first"), ("/b/ü", 9L, 9L, "")], values.Select(v => (v.Key, v.Revision, v.CreateRevision, Encoding.UTF8.GetString(v.Bytes.Span))));
        Assert.Equal(new string('x', 300_000), Encoding.UTF8.GetString(Assert.IsType<StoredValue>((await ReadAsync(await WrittenAsync(large: true))).Records[^1]).Bytes.Span));
    }

    [Fact]
    public async Task Snapshot_CutShortAnywhere_IsRefused()
    {
        var whole = await WrittenAsync();
        for (var length = 0; length < whole.Length; length++)
        {
            var e = await Assert.ThrowsAsync<SnapshotException>(() => ReadAsync(whole[..length]));
            Assert.Matches("^is (empty|not a snapshot of a cluster|incomplete: it ends at byte [0-9]+, .*)$|^has format .*", e.Message);
        }
    }

    [Fact]
    public async Task Snapshot_WithAnyBitFlipped_IsRefused()
    {
        var whole = await WrittenAsync();
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var damaged = whole.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            var e = await Assert.ThrowsAsync<SnapshotException>(() => ReadAsync(damaged));
            Assert.NotEmpty(e.Message);
        }
    }

    [Fact]
    public async Task Snapshot_WithARecordTakenOutOrDoubled_IsRefused()
    {
        var whole = await WrittenAsync();
        var (start, end) = (IndexOfRecord(whole, 2), IndexOfRecord(whole, 3));
        foreach (var damaged in new[] { [.. whole[..start], .. whole[end..]], (byte[])[.. whole[..end], .. whole[start..]] })
            Assert.Equal("is damaged: its contents do not match the checksum of the whole", (await Assert.ThrowsAsync<SnapshotException>(() => ReadAsync(damaged))).Message);
    }

    [Fact]
    public async Task Snapshot_WithSomethingBehindItsEnd_IsRefused()
    {
        var whole = await WrittenAsync();
        Assert.Equal($"is damaged: something behind its end, at byte {whole.Length}", (await Assert.ThrowsAsync<SnapshotException>(() => ReadAsync([.. whole, 0]))).Message);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("SQLite format 3\0", "is not a snapshot of a cluster")]
    [InlineData("COXSNAP2........", "has format 2, and this program knows only 1")]
    public async Task OtherFile_IsRefusedByName(string content, string reason) =>
        Assert.Equal(reason, (await Assert.ThrowsAsync<SnapshotException>(() => ReadAsync(Encoding.ASCII.GetBytes(content)))).Message);

    private static async Task<byte[]> WrittenAsync(bool large = false)
    {
        using var stream = new MemoryStream();
        var pipe = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        using (var writer = new SnapshotWriter(pipe, Header))
        {
            writer.Write(new SnapshotFile("pki/ca.key", UnixFileMode.UserRead | UnixFileMode.UserWrite, "key"u8.ToArray()));
            writer.Write(new StoredValue("/a", "first"u8.ToArray(), 7, 3));
            writer.Write(new StoredValue("/b/ü", default, 9, 9));
            if (large) writer.Write(new StoredValue("/c", Encoding.ASCII.GetBytes(new string('x', 300_000)), 10, 10));
            writer.End();
        }
        await pipe.CompleteAsync();
        return stream.ToArray();
    }

    private static async Task<(SnapshotHeader Header, List<object> Records)> ReadAsync(byte[] content)
    {
        using var stream = new MemoryStream(content);
        using var reader = await SnapshotReader.OpenAsync(stream, Ct);
        var records = new List<object>();
        while (await reader.NextAsync(Ct) is { } record) records.Add(record);
        return (reader.Header, records);
    }

    private static int IndexOfRecord(byte[] whole, int number)
    {
        var at = 8;
        for (; number > 0; number--) at += 9 + BitConverter.ToInt32(whole, at + 1);
        return at;
    }
}
