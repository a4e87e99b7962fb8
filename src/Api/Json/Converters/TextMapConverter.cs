using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coxswain.Api;

/// <summary>
/// Maps of texts, such as a ConfigMap's data: as the codec's own, but long texts are written in pieces. In one piece the codec would ask for room for the longest
/// escaped form, up to 18 bytes a character, and keep it for each thread.
/// </summary>
internal sealed class TextMapConverter : JsonConverter<IDictionary<string, string>>
{
    private const int PieceLength = 4096;

    public static TextMapConverter Instance { get; } = new();

    public override IDictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        var map = new Dictionary<string, string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (options.AllowDuplicateProperties) map[key] = reader.GetString()!;
            else if (!map.TryAdd(key, reader.GetString()!)) throw new JsonException("a key is there twice");
        }
        return map;
    }

    public override void Write(Utf8JsonWriter writer, IDictionary<string, string> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (key, text) in value)
        {
            writer.WritePropertyName(key);
            if (text is { Length: > PieceLength }) WriteLong(writer, text);
            else writer.WriteStringValue(text);
        }
        writer.WriteEndObject();
    }

    private static void WriteLong(Utf8JsonWriter writer, ReadOnlySpan<char> text)
    {
        while (text.Length > PieceLength)
        {
            var length = char.IsHighSurrogate(text[PieceLength - 1]) ? PieceLength - 1 : PieceLength;
            writer.WriteStringValueSegment(text[..length], isFinalSegment: false);
            text = text[length..];
        }
        writer.WriteStringValueSegment(text, isFinalSegment: true);
    }
}
