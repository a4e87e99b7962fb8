using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Coxswain.Node.Images;

namespace Coxswain.Node.Tests.Images;

public sealed class ImageArchiveTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WriteAsync_SameInput_GivesTheSameBytes()
    {
        using var first = await PauseArchiveAsync();
        using var second = await PauseArchiveAsync();
        Assert.Equal(first.ToArray(), second.ToArray());
        Assert.InRange(first.Length, 1, 32 << 10);
    }

    [Fact]
    public async Task ReadAsync_OciArchive_StoresEveryBlobWithLabelsThatHoldItTogether()
    {
        var sink = new MemorySink();
        var image = Assert.Single(await ImageArchive.ReadAsync(await PauseArchiveAsync(), sink, Ct));
        Assert.Equal((PauseImage.Name, MediaTypes.OciManifest), (image.Name, image.MediaType));
        var (manifest, labels) = sink.Blobs[image.Digest];
        Assert.Equal(image.Size, manifest.Length);
        Assert.Equal(image.ConfigDigest, labels["containerd.io/gc.ref.content.config"]);
        Assert.Contains(labels["containerd.io/gc.ref.content.l.0"], sink.Blobs.Keys);
        var config = JsonElement.Parse(sink.Blobs[image.ConfigDigest].Content);
        Assert.Equal("/pause", config.GetProperty("config").GetProperty("Entrypoint")[0].GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReadAsync_DockerArchive_GetsAManifest(bool gzipped)
    {
        var large = new byte[5 << 20];
        new Random(1).NextBytes(large);
        var archive = Tar(gzipped, ("c.json", "{}"u8.ToArray()), ("a/layer.tar", [1, 2, 3]), ("b/layer.tar", large),
            ("manifest.json", """[{"Config":"c.json","RepoTags":["app:1","other.test/app:2"],"Layers":["a/layer.tar","b/layer.tar"]}]"""u8.ToArray()));
        var sink = new MemorySink();
        var images = await ImageArchive.ReadAsync(archive, sink, Ct);
        Assert.Equal(["docker.io/library/app:1", "other.test/app:2"], images.Select(i => i.Name));
        var manifest = JsonElement.Parse(sink.Blobs[images[0].Digest].Content);
        Assert.Equal(OciArchive.Digest("{}"u8.ToArray()), manifest.GetProperty("config").GetProperty("digest").GetString());
        Assert.Equal([3, 5 << 20], manifest.GetProperty("layers").EnumerateArray().Select(l => l.GetProperty("size").GetInt64()));
        Assert.Equal(large, sink.Blobs[manifest.GetProperty("layers")[1].GetProperty("digest").GetString()!].Content);
    }

    /// <summary>Small files are kept in memory until it is clear what they are: there are only so many.</summary>
    [Fact]
    public async Task ReadAsync_MoreFilesThanAnyImageHas_IsRefused()
    {
        var archive = new byte[512 * 100_001];
        using var one = new MemoryStream();
        await using (var tar = new TarWriter(one, TarEntryFormat.Ustar, leaveOpen: true)) await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, "f"), Ct);
        for (var at = 0; at < archive.Length; at += 512) one.GetBuffer().AsSpan(0, 512).CopyTo(archive.AsSpan(at));
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => ImageArchive.ReadAsync(new MemoryStream(archive), new MemorySink(), Ct));
        Assert.Equal("not an image archive: more than 100000 files", refused.Message);
    }

    [Theory]
    [InlineData("index.json", "{", "index.json is not JSON")]
    [InlineData("index.json", """{"manifests":[]}""", "the archive holds no image")]
    [InlineData("index.json", """{"manifests":[{"digest":"sha256:00"}]}""", "an image without a name")]
    [InlineData("manifest.json", """[{"Config":"c.json","Layers":[]}]""", "c.json is missing")]
    [InlineData("other.json", "{}", "neither index.json nor manifest.json")]
    [InlineData("blobs/sha256/00", "{}", "does not match its digest")]
    [InlineData("index.json", """{"manifests":1}""", "broken image archive")]
    [InlineData("manifest.json", "{}", "broken image archive")]
    public async Task ReadAsync_Broken_SaysWhatIsWrong(string file, string content, string message)
    {
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => ImageArchive.ReadAsync(Tar(false, (file, Encoding.UTF8.GetBytes(content))), new MemorySink(), Ct));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private static async Task<MemoryStream> PauseArchiveAsync()
    {
        var archive = new MemoryStream();
        await PauseImage.WriteArchiveAsync(archive, PauseImage.Name, Ct);
        archive.Position = 0;
        return archive;
    }

    private static MemoryStream Tar(bool gzipped, params (string Path, byte[] Content)[] files)
    {
        var bytes = new MemoryStream();
        using (var output = gzipped ? new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true) : (Stream)bytes)
        using (var tar = new TarWriter(output, leaveOpen: true))
        {
            foreach (var (path, content) in files) tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(content) });
            tar.Dispose();
            output.Flush();
            if (!gzipped) return new MemoryStream(bytes.ToArray());
        }
        return new MemoryStream(bytes.ToArray());
    }

    private sealed class MemorySink : IBlobSink
    {
        public Dictionary<string, (byte[] Content, IReadOnlyDictionary<string, string> Labels)> Blobs { get; } = [];

        public async Task WriteAsync(Stream content, long length, string? digest, IReadOnlyDictionary<string, string>? labels, CancellationToken ct)
        {
            using var copy = new MemoryStream();
            await content.CopyToAsync(copy, ct);
            var computed = OciArchive.Digest(copy.ToArray());
            Assert.Equal(digest ?? computed, computed);
            Assert.Equal(length, copy.Length);
            Blobs[computed] = (copy.ToArray(), labels ?? new Dictionary<string, string>());
        }
    }
}
