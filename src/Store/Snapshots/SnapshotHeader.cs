using System.Text.Json;

namespace Coxswain.Store;

/// <summary>What a snapshot is of.</summary>
/// <param name="Cluster">Names the cluster; may be empty.</param>
/// <param name="Revision">At which its values are true.</param>
/// <param name="Time">When it was taken.</param>
/// <param name="Writer">The program that wrote it, with its version.</param>
public sealed record SnapshotHeader(string Cluster, long Revision, DateTimeOffset Time, string Writer)
{
    internal byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("cluster", Cluster);
            json.WriteNumber("revision", Revision);
            json.WriteString("time", Time.UtcDateTime);
            json.WriteString("writer", Writer);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <exception cref="FormatException">It is no such JSON.</exception>
    internal static SnapshotHeader Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return new SnapshotHeader(
                root.GetProperty("cluster").GetString()!, root.GetProperty("revision").GetInt64(),
                root.GetProperty("time").GetDateTimeOffset(), root.GetProperty("writer").GetString()!);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("the header makes no sense", e);
        }
    }
}
