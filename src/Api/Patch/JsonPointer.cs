using System.Globalization;
using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>A place in a document (RFC 6901), split into the way to its container and the last step.</summary>
internal readonly struct JsonPointer
{
    private readonly string[] _steps;

    private JsonPointer(string[] steps) => _steps = steps;

    public string Last => _steps[^1];

    /// <exception cref="PatchException">It names no place inside a document.</exception>
    public static JsonPointer Parse(string text)
    {
        if (text.Length == 0 || text[0] != '/') throw new PatchException(PatchFailure.Inapplicable, $"invalid path {GoText.Quote(text)}");
        var steps = text[1..].Split('/');
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i].Contains('~')) steps[i] = steps[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }
        return new JsonPointer(steps);
    }

    /// <summary>Null when the way does not exist.</summary>
    public JsonNode? Container(JsonNode document)
    {
        JsonNode? at = document;
        for (var i = 0; i < _steps.Length - 1 && at is not null; i++) TryStep(at, _steps[i], out at);
        return at is JsonObject or JsonArray ? at : null;
    }

    public static bool TryStep(JsonNode container, string step, out JsonNode? value)
    {
        value = null;
        if (container is JsonObject map) return map.TryGetPropertyValue(step, out value);
        if (container is not JsonArray list || Index(step, list.Count - 1) is not { } index) return false;
        value = list[index];
        return true;
    }

    /// <summary>A list's index, counted from the end when negative; null when it lies outside.</summary>
    public static int? Index(string step, int last)
    {
        if (!int.TryParse(step, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index)) return null;
        if (index < 0) index += last + 1;
        return index >= 0 && index <= last ? index : null;
    }
}
