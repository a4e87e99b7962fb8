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

    /// <summary>What Go's decoder calls a value.</summary>
    public static string GoKind(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ => node.GetValueKind() switch { JsonValueKind.String => "string", JsonValueKind.Number => "number", _ => "bool" },
    };

    public static byte[] Bytes(JsonNode? node)
    {
        if (node is null) return "null"u8.ToArray();
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Write)) node.WriteTo(writer);
        return stream.ToArray();
    }
}
