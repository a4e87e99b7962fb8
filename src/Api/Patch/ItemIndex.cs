using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>The first place of each item of a list, by its merge key or its plain value. Searching the list for every item would be quadratic.</summary>
/// <param name="key">Empty for lists of plain values.</param>
internal sealed class ItemIndex(string key)
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    public static ItemIndex Of(IEnumerable<JsonNode?> items, string key)
    {
        var index = new ItemIndex(key);
        var place = 0;
        foreach (var item in items) index.Add(item, place++);
        return index;
    }

    /// <summary>False when an equal item was there before; that one stays.</summary>
    public bool Add(JsonNode? item, int place) => NameOf(item) is { } name && _places.TryAdd(name, place);

    /// <summary>-1 when there is none.</summary>
    public int Find(JsonNode? item) => NameOf(item) is { } name ? _places.GetValueOrDefault(name, -1) : -1;

    /// <summary>A text that equal values have in common, and no others.</summary>
    public static string Name(JsonNode? value) => value switch
    {
        null => "null",
        JsonValue when value.GetValueKind() == JsonValueKind.String => "s" + value.GetValue<string>(),
        JsonValue when value.GetValueKind() == JsonValueKind.Number => "n" + Number(value.ToJsonString()),
        _ => "j" + value.ToJsonString(),
    };

    /// <summary>1 and 1.0 are one number.</summary>
    private static string Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number.ToString("G29", CultureInfo.InvariantCulture)
            : text;

    private string? NameOf(JsonNode? item)
    {
        if (key.Length == 0) return Name(item);
        return item is JsonObject map && map.TryGetPropertyValue(key, out var value) ? Name(value) : null;
    }
}
