using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coxswain.Soak.Load;

/// <summary>One of the load's ConfigMaps as the server shows it.</summary>
/// <param name="Sequence">The number its writer put into it.</param>
internal readonly record struct Seen(string Name, long Revision, long Sequence)
{
    public static Seen Of(JsonNode value) => new(
        (string)value["metadata"]!["name"]!,
        long.Parse((string)value["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture),
        long.Parse((string?)value["data"]?["sequence"] ?? "0", CultureInfo.InvariantCulture));

    public static Seen Of(JsonElement value)
    {
        var metadata = value.GetProperty("metadata");
        var sequence = value.TryGetProperty("data", out var data) && data.TryGetProperty("sequence", out var text)
            ? text.GetString()!
            : "0";
        return new Seen(
            metadata.TryGetProperty("name", out var name) ? name.GetString()! : "",
            long.Parse(metadata.GetProperty("resourceVersion").GetString()!, CultureInfo.InvariantCulture),
            long.Parse(sequence, CultureInfo.InvariantCulture));
    }
}
