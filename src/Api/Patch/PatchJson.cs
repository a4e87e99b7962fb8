using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>Documents and patches as trees, with one limit of depth for both.</summary>
internal static class PatchJson
{
    private static readonly JsonDocumentOptions s_read = new() { MaxDepth = 128 };
    private static readonly JsonWriterOptions s_write = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256, SkipValidation = true };

    /// <summary>The document that is patched: stored bytes, known to be an object.</summary>
    public static JsonObject Document(ReadOnlyMemory<byte> json) => (JsonObject)JsonNode.Parse(json.Span, documentOptions: s_read)!;

    /// <exception cref="PatchException">The text is no JSON, or too deep.</exception>
    public static JsonNode? Patch(ReadOnlyMemory<byte> json)
    {
        try
        {
            var node = JsonNode.Parse(json.Span, documentOptions: s_read);
            return node is null ? null : Materialized(node);
        }
        catch (Exception e) when (e is JsonException or ArgumentException) // an ArgumentException: a key stands twice
        {
            throw new PatchException(PatchFailure.Malformed, GoSyntax.Check(json.Span) ?? e.Message);
        }
    }

    public static byte[] Bytes(JsonNode? node)
    {
        if (node is null) return "null"u8.ToArray();
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, s_write)) node.WriteTo(writer);
        return stream.ToArray();
    }

    /// <summary>The tree is built as it is looked at, and only then are duplicate keys found: so look at all of it at once.</summary>
    private static JsonNode Materialized(JsonNode node)
    {
        if (node is JsonObject map) foreach (var (_, value) in map) _ = value is null ? null : Materialized(value);
        else if (node is JsonArray list) foreach (var value in list) _ = value is null ? null : Materialized(value);
        return node;
    }
}
