using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>Quantities in resource lists: rounded up to thousandths and spelt canonically, as upstream's defaults leave them.</summary>
internal sealed class QuantityConverter : JsonConverter<ResourceQuantity>
{
    public override bool HandleNull => true;
    public override ResourceQuantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? ParsedQuantity.Zero : ParsedQuantity.OfResource(QuantityText.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, ResourceQuantity value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value is null ? "0" : ParsedQuantity.TextOf(value));
}

/// <summary>Quantities elsewhere (<c>emptyDir.sizeLimit</c>): upstream gives them back as they were written.</summary>
internal sealed class VerbatimQuantityConverter : JsonConverter<ResourceQuantity>
{
    public static VerbatimQuantityConverter Instance { get; } = new();

    public override ResourceQuantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ParsedQuantity.Verbatim(QuantityText.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, ResourceQuantity value, JsonSerializerOptions options) => writer.WriteStringValue(ParsedQuantity.TextOf(value));
}

internal static class QuantityText
{
    /// <summary>A string or a bare number; anything else is read by its raw text, and refused by the parser.</summary>
    public static string Read(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan),
        _ => throw new JsonException(Quantity.FormatError),
    };
}
