using System.Buffers;
using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Coxswain.Node.Images;

/// <summary>Writes an image as an OCI layout in a tar. The same input gives the same bytes: no times, no users, entries in the order given.</summary>
public static class OciArchive
{
    /// <param name="name">The full name: <c>docker.io/library/busybox:1</c>.</param>
    /// <param name="layers">Uncompressed tars, the lowest first; see <see cref="ImageLayer"/>.</param>
    public static async Task WriteAsync(Stream output, string name, ImageSettings settings, IReadOnlyList<byte[]> layers, CancellationToken ct)
    {
        var config = Config(settings, layers);
        var manifest = Manifest(config, layers);
        await using var tar = new TarWriter(output, TarEntryFormat.Ustar, leaveOpen: true);
        await AddAsync(tar, "oci-layout", """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray(), ct);
        await AddAsync(tar, "index.json", Index(name, manifest), ct);
        foreach (var blob in layers.Prepend(config).Prepend(manifest).DistinctBy(Digest))
            await AddAsync(tar, "blobs/" + Digest(blob).Replace(':', '/'), blob, ct);
    }

    internal static string Digest(byte[] blob) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(blob));

    internal static void WriteDescriptor(Utf8JsonWriter json, string? property, string mediaType, string digest, long size, string? name = null)
    {
        if (property is null) json.WriteStartObject();
        else json.WriteStartObject(property);
        json.WriteString("mediaType", mediaType);
        json.WriteString("digest", digest);
        json.WriteNumber("size", size);
        if (name is not null)
        {
            json.WriteStartObject("annotations");
            json.WriteString("io.containerd.image.name", name);
            json.WriteString("org.opencontainers.image.ref.name", name);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static byte[] Config(ImageSettings settings, IReadOnlyList<byte[]> layers) => Json(json =>
    {
        json.WriteString("architecture", RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64");
        json.WriteString("os", "linux");
        json.WriteStartObject("config");
        Strings(json, "Entrypoint", settings.Entrypoint);
        Strings(json, "Cmd", settings.Command);
        Strings(json, "Env", settings.Environment);
        if (settings.WorkingDirectory.Length > 0) json.WriteString("WorkingDir", settings.WorkingDirectory);
        if (settings.User.Length > 0) json.WriteString("User", settings.User);
        if (settings.StopSignal.Length > 0) json.WriteString("StopSignal", settings.StopSignal);
        json.WriteEndObject();
        json.WriteStartObject("rootfs");
        json.WriteString("type", "layers");
        Strings(json, "diff_ids", [.. layers.Select(Digest)]);
        json.WriteEndObject();
    });

    private static byte[] Manifest(byte[] config, IReadOnlyList<byte[]> layers) => Json(json =>
    {
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", MediaTypes.OciManifest);
        WriteDescriptor(json, "config", MediaTypes.OciConfig, Digest(config), config.Length);
        json.WriteStartArray("layers");
        foreach (var layer in layers) WriteDescriptor(json, null, MediaTypes.OciLayer, Digest(layer), layer.Length);
        json.WriteEndArray();
    });

    private static byte[] Index(string name, byte[] manifest) => Json(json =>
    {
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", MediaTypes.OciIndex);
        json.WriteStartArray("manifests");
        WriteDescriptor(json, null, MediaTypes.OciManifest, Digest(manifest), manifest.Length, name);
        json.WriteEndArray();
    });

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0) return;
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static async Task AddAsync(TarWriter tar, string path, byte[] content, CancellationToken ct)
    {
        using var data = new MemoryStream(content, writable: false);
        await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = data, ModificationTime = DateTimeOffset.UnixEpoch }, ct);
    }
}
