using System.Runtime.InteropServices;
using System.Text.Json;

namespace Coxswain.Node.Images;

/// <summary>The images of an OCI layout, by its <c>index.json</c>.</summary>
internal sealed class OciLayoutReader(ImageArchive archive)
{
    public async Task<IReadOnlyList<ArchivedImage>> ReadAsync(byte[] index, CancellationToken ct)
    {
        var images = new List<ArchivedImage>();
        foreach (var descriptor in ImageArchive.Parse(index, "index.json").GetProperty("manifests").EnumerateArray())
        {
            var name = Name(descriptor) ?? throw new InvalidDataException("the archive holds an image without a name (annotation org.opencontainers.image.ref.name)");
            var mediaType = MediaType(descriptor);
            var (digest, size, config) = await StoreAsync(DigestOf(descriptor), mediaType, ct)
                ?? throw new InvalidDataException($"broken image archive: the manifest of {name} is missing");
            images.Add(new ArchivedImage(ImageName.Normalize(name), mediaType, digest, size, config ?? ""));
        }
        return images.Count > 0 ? images : throw new InvalidDataException("the archive holds no image");
    }

    /// <summary>Stores a manifest, or an index with those of its manifests that are in the archive.</summary>
    /// <returns>Null when it is not in the archive.</returns>
    private async Task<(string Digest, long Size, string? Config)?> StoreAsync(string digest, string mediaType, CancellationToken ct)
    {
        if (archive.Small(Path(digest)) is not { } blob) return null;
        var document = ImageArchive.Parse(blob, digest);
        // The labels tell containerd's garbage collection what belongs to what.
        var labels = new Dictionary<string, string>();
        var config = MediaTypes.IsIndex(mediaType) ? await StoreManifestsAsync(document, labels, ct) : await StorePartsAsync(document, labels, ct);
        var (stored, size) = await archive.StoreAsync(blob, labels, ct);
        return (stored, size, config);
    }

    private async Task<string?> StoreManifestsAsync(JsonElement index, Dictionary<string, string> labels, CancellationToken ct)
    {
        string? config = null;
        var n = 0;
        foreach (var manifest in index.GetProperty("manifests").EnumerateArray())
        {
            var digest = DigestOf(manifest);
            labels[$"containerd.io/gc.ref.content.m.{n++}"] = digest;
            if (await StoreAsync(digest, MediaType(manifest), ct) is { } stored && IsOurs(manifest)) config ??= stored.Config;
        }
        return config;
    }

    private async Task<string?> StorePartsAsync(JsonElement manifest, Dictionary<string, string> labels, CancellationToken ct)
    {
        var config = DigestOf(manifest.GetProperty("config"));
        labels["containerd.io/gc.ref.content.config"] = config;
        await archive.StoreAsync(Path(config), null, ct);
        var n = 0;
        foreach (var layer in manifest.GetProperty("layers").EnumerateArray())
        {
            var digest = DigestOf(layer);
            labels[$"containerd.io/gc.ref.content.l.{n++}"] = digest;
            await archive.StoreAsync(Path(digest), null, ct);
        }
        return config;
    }

    private static bool IsOurs(JsonElement manifest)
    {
        var here = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        return !manifest.TryGetProperty("platform", out var platform)
            || (platform.TryGetProperty("os", out var os) && os.GetString() == "linux" && platform.TryGetProperty("architecture", out var a) && a.GetString() == here);
    }

    private static string? Name(JsonElement descriptor)
    {
        if (!descriptor.TryGetProperty("annotations", out var annotations)) return null;
        return annotations.TryGetProperty("io.containerd.image.name", out var name) || annotations.TryGetProperty("org.opencontainers.image.ref.name", out name) ? name.GetString() : null;
    }

    private static string MediaType(JsonElement descriptor) => descriptor.TryGetProperty("mediaType", out var type) ? type.GetString()! : MediaTypes.OciManifest;

    private static string DigestOf(JsonElement descriptor) => descriptor.GetProperty("digest").GetString()!;

    private static string Path(string digest) => "blobs/" + digest.Replace(':', '/');
}
