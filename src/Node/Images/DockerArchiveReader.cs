using System.Buffers;
using System.Text.Json;

namespace Coxswain.Node.Images;

/// <summary>The images of docker's older archive form, by its <c>manifest.json</c>: configuration and layers are there, the manifest that binds them is made here.</summary>
internal sealed class DockerArchiveReader(ImageArchive archive)
{
    public async Task<IReadOnlyList<ArchivedImage>> ReadAsync(byte[] manifest, CancellationToken ct)
    {
        var images = new List<ArchivedImage>();
        foreach (var image in ImageArchive.Parse(manifest, "manifest.json").EnumerateArray())
        {
            var config = await archive.StoreAsync(image.GetProperty("Config").GetString()!, null, ct);
            var layers = new List<(string Digest, long Size)>();
            foreach (var layer in image.GetProperty("Layers").EnumerateArray()) layers.Add(await archive.StoreAsync(layer.GetString()!, null, ct));
            var (digest, size) = await archive.StoreAsync(Manifest(config, layers), Labels(config.Digest, layers), ct);
            if (!image.TryGetProperty("RepoTags", out var tags) || tags.ValueKind != JsonValueKind.Array || tags.GetArrayLength() == 0)
                throw new InvalidDataException("the archive holds an image without a name (RepoTags)");
            images.AddRange(tags.EnumerateArray().Select(t => new ArchivedImage(ImageName.Normalize(t.GetString()!), MediaTypes.DockerManifest, digest, size, config.Digest)));
        }
        return images.Count > 0 ? images : throw new InvalidDataException("the archive holds no image");
    }

    private static byte[] Manifest((string Digest, long Size) config, List<(string Digest, long Size)> layers)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.DockerManifest);
            OciArchive.WriteDescriptor(json, "config", MediaTypes.DockerConfig, config.Digest, config.Size);
            json.WriteStartArray("layers");
            foreach (var (digest, size) in layers) OciArchive.WriteDescriptor(json, null, MediaTypes.DockerLayer, digest, size);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static Dictionary<string, string> Labels(string config, List<(string Digest, long Size)> layers)
    {
        var labels = new Dictionary<string, string> { ["containerd.io/gc.ref.content.config"] = config };
        for (var i = 0; i < layers.Count; i++) labels[$"containerd.io/gc.ref.content.l.{i}"] = layers[i].Digest;
        return labels;
    }
}
