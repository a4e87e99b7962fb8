using System.Formats.Tar;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text.Json;

namespace Coxswain.Node.Images;

/// <summary>Reads what <c>docker save</c>, <c>buildah</c>, <c>skopeo</c> and <see cref="OciArchive"/> write: OCI layouts and docker's older form, as plain or gzipped tar.</summary>
/// <remarks>One pass: large blobs go to the sink as they come, small ones (all the JSON is among them) are kept until it is clear what they are.</remarks>
internal sealed class ImageArchive
{
    private const int SmallBlob = 4 << 20, SmallBlobsInAll = 256 << 20, Entries = 100_000;

    private readonly Dictionary<string, byte[]> _small = [];
    private readonly Dictionary<string, (string Digest, long Size)> _large = [];
    private readonly Dictionary<string, string> _links = [];
    private readonly IBlobSink _sink;
    private long _smallBytes;
    private int _entries;

    private ImageArchive(IBlobSink sink) => _sink = sink;

    /// <returns>The images, their blobs written to <paramref name="sink"/>.</returns>
    /// <exception cref="InvalidDataException">Not such an archive, a blob is missing or does not match its digest, or an image has no name.</exception>
    public static async Task<IReadOnlyList<ArchivedImage>> ReadAsync(Stream archive, IBlobSink sink, CancellationToken ct)
    {
        var reader = new ImageArchive(sink);
        await reader.ReadEntriesAsync(archive, ct);
        try
        {
            if (reader._small.TryGetValue("index.json", out var index)) return await new OciLayoutReader(reader).ReadAsync(index, ct);
            if (reader._small.TryGetValue("manifest.json", out var manifest)) return await new DockerArchiveReader(reader).ReadAsync(manifest, ct);
        }
        // JSON of another shape: a property is missing or of the wrong kind.
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException) { throw new InvalidDataException($"broken image archive: {e.Message}", e); }
        throw new InvalidDataException("not an image archive: it has neither index.json nor manifest.json");
    }

    /// <summary>A file of the archive, if it is there and small.</summary>
    internal byte[]? Small(string path) => _small.GetValueOrDefault(Resolve(path));

    internal bool Contains(string path) => _small.ContainsKey(Resolve(path)) || _large.ContainsKey(Resolve(path));

    /// <summary>Sees to it that a file of the archive is in the sink.</summary>
    internal async Task<(string Digest, long Size)> StoreAsync(string path, IReadOnlyDictionary<string, string>? labels, CancellationToken ct)
    {
        if (_large.TryGetValue(Resolve(path), out var stored)) return stored;
        return await StoreAsync(Small(path) ?? throw new InvalidDataException($"broken image archive: {path} is missing"), labels, ct);
    }

    internal async Task<(string Digest, long Size)> StoreAsync(byte[] blob, IReadOnlyDictionary<string, string>? labels, CancellationToken ct)
    {
        var digest = OciArchive.Digest(blob);
        using var content = new MemoryStream(blob, writable: false);
        await _sink.WriteAsync(content, blob.Length, digest, labels, ct);
        return (digest, blob.Length);
    }

    internal static JsonElement Parse(byte[] json, string what)
    {
        try { return JsonElement.Parse(json); }
        catch (JsonException e) { throw new InvalidDataException($"broken image archive: {what} is not JSON: {e.Message}", e); }
    }

    private async Task ReadEntriesAsync(Stream archive, CancellationToken ct)
    {
        var pipe = PipeReader.Create(archive, new StreamPipeReaderOptions(leaveOpen: true));
        var start = await pipe.ReadAtLeastAsync(2, ct);
        var gzipped = start.Buffer.Length >= 2 && start.Buffer.FirstSpan is [0x1f, 0x8b, ..];
        pipe.AdvanceTo(start.Buffer.Start);
        await using var plain = gzipped ? new GZipStream(pipe.AsStream(), CompressionMode.Decompress) : pipe.AsStream();
        await using var tar = new TarReader(plain);
        try
        {
            while (await tar.GetNextEntryAsync(copyData: false, ct) is { } entry) await ReadEntryAsync(entry, ct);
        }
        catch (Exception e) when (e is FormatException or EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException($"not an image archive: {e.Message}", e);
        }
    }

    private async Task ReadEntryAsync(TarEntry entry, CancellationToken ct)
    {
        if (++_entries > Entries) throw new InvalidDataException($"not an image archive: more than {Entries} files");
        var path = Clean(entry.Name);
        if (entry.EntryType == TarEntryType.SymbolicLink) _links[path] = Clean(Path.Join(Path.GetDirectoryName(path), entry.LinkName));
        else if (entry.EntryType == TarEntryType.HardLink) _links[path] = Clean(entry.LinkName);
        else if (entry.DataStream is not { } data) return;
        else if (entry.Length <= SmallBlob) await KeepAsync(path, data, (int)entry.Length, ct);
        else await PassOnAsync(path, data, entry.Length, ct);
    }

    private async Task KeepAsync(string path, Stream data, int length, CancellationToken ct)
    {
        if ((_smallBytes += length) > SmallBlobsInAll) throw new InvalidDataException("not an image archive: too many small files");
        var blob = new byte[length];
        await data.ReadExactlyAsync(blob, ct);
        if (BlobDigest(path) is { } expected && OciArchive.Digest(blob) != expected) throw Mismatch(path);
        _small[path] = blob;
    }

    private async Task PassOnAsync(string path, Stream data, long length, CancellationToken ct)
    {
        await using var hashing = new HashingStream(data);
        var expected = BlobDigest(path);
        await _sink.WriteAsync(hashing, length, expected, null, ct);
        // A sink that has the blob already need not read it: then the name is trusted as it was then.
        _large[path] = (expected ?? hashing.Digest, length);
    }

    private string Resolve(string path)
    {
        for (var hops = 0; hops < 16 && _links.TryGetValue(path, out var target); hops++) path = target;
        return path;
    }

    private static string? BlobDigest(string path) => path.StartsWith("blobs/sha256/", StringComparison.Ordinal) ? "sha256:" + path["blobs/sha256/".Length..] : null;

    private static InvalidDataException Mismatch(string path) => new($"broken image archive: the content of {path} does not match its digest");

    /// <summary><c>./a/../b</c> is <c>b</c>.</summary>
    private static string Clean(string path) => Path.GetFullPath(path, "/").TrimStart('/').TrimEnd('/');
}
