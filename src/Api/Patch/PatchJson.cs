using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>Documents and patches as trees, with one limit of depth for both.</summary>
internal static class PatchJson
{
    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = 128 };
    private static readonly JsonWriterOptions Write = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256, SkipValidation = true };

    /// <summary>The document that is patched: stored bytes, known to be an object.</summary>
    public static JsonObject Document(ReadOnlyMemory<byte> json) => (JsonObject)JsonNode.Parse(json.Span, documentOptions: ReadOptions)!;

    /// <exception cref="PatchException">The text is no JSON, or too deep.</exception>
    public static JsonNode? Patch(ReadOnlyMemory<byte> json) => PatchReader.Read(json.Span, out _);

    /// <summary>Takes keys out of a map. One by one each would cost as much as the map is long.</summary>
    public static void Remove(JsonObject map, List<string> keys)
    {
        if (keys.Count < 16)
        {
            foreach (var key in keys) map.Remove(key);
            return;
        }
        var (gone, pairs) = (keys.ToHashSet(StringComparer.Ordinal), map.ToList());
        map.Clear();
        foreach (var (key, value) in pairs) if (!gone.Contains(key)) map.Add(key, value);
    }

    /// <summary>What Go's decoder calls a value.</summary>
    public static string GoKind(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ => node.GetValueKind() switch { JsonValueKind.String => "string", JsonValueKind.Number => "number", _ => "bool" },
    };

    /// <exception cref="PatchException">A patch has made it deeper than anything that is read.</exception>
    public static byte[] Bytes(JsonNode? node)
    {
        if (node is null) return "null"u8.ToArray();
        using var stream = new MemoryStream();
        try
        {
            using var writer = new Utf8JsonWriter(stream, Write);
            node.WriteTo(writer);
        }
        catch (InvalidOperationException)
        {
            throw new PatchException(PatchFailure.Inapplicable, "exceeded max depth");
        }
        return stream.ToArray();
    }
}
