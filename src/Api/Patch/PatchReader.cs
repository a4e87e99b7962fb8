using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>Reads a patch as a tree. Of a key that stands twice the last value counts, and the key is reported.</summary>
internal ref struct PatchReader
{
    private const int MaximumDepth = 128;

    private readonly FieldTrail _trail = new();
    private readonly StrictFindings _duplicates = new();
    private Utf8JsonReader _reader;

    private PatchReader(ReadOnlySpan<byte> json) => _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });

    /// <param name="duplicates"><c>duplicate field "spec.replicas"</c>, each once.</param>
    /// <exception cref="PatchException">The text is no JSON, or too deep.</exception>
    public static JsonNode? Read(ReadOnlySpan<byte> json, out IReadOnlyList<string> duplicates)
    {
        var reader = new PatchReader(json);
        duplicates = reader._duplicates.Texts;
        try
        {
            reader._reader.Read();
            var root = reader.Value();
            while (reader._reader.Read()) { } // what follows the value must be white space
            return root;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: an escape that stands for no text
        {
            throw new PatchException(PatchFailure.Malformed, GoSyntax.Check(json) ?? "exceeded max depth");
        }
    }

    private JsonNode? Value() => _reader.TokenType switch
    {
        JsonTokenType.StartObject => Map(),
        JsonTokenType.StartArray => List(),
        JsonTokenType.String => JsonValue.Create(GoScalars.Text(ref _reader)),
        JsonTokenType.Null => null,
        _ => Plain(),
    };

    /// <summary>A number keeps its spelling, for which it needs a document of its own; the usual ones are spelt as anybody would.</summary>
    private JsonValue? Plain()
    {
        if (_reader.TokenType is JsonTokenType.True or JsonTokenType.False) return JsonValue.Create(_reader.GetBoolean());
        if (_reader.ValueSpan.Length < 18 && _reader.ValueSpan.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0) return JsonValue.Create(_reader.GetInt64());
        using var document = JsonDocument.ParseValue(ref _reader);
        return JsonValue.Create(document.RootElement.Clone());
    }

    private JsonObject Map()
    {
        var map = new JsonObject();
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = GoScalars.Text(ref _reader);
            if (map.ContainsKey(key)) _duplicates.Add("duplicate", _trail, key);
            var mark = _trail.Here;
            _trail.Key(key);
            _reader.Read();
            map[key] = Value();
            _trail.Back(mark);
        }
        return map;
    }

    private JsonArray List()
    {
        var list = new JsonArray();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            var mark = _trail.Here;
            _trail.Index(list.Count);
            list.Add(Value());
            _trail.Back(mark);
        }
        return list;
    }
}
