using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>The keys of a strategic merge patch that are orders and not data.</summary>
internal static class Directives
{
    /// <summary>What to do with the map it stands in: replace, delete, merge.</summary>
    public const string Patch = "$patch";
    /// <summary>The only keys that the map may have afterwards.</summary>
    public const string RetainKeys = "$retainKeys";
    /// <summary>Before the name of a list of plain values: which to take out.</summary>
    public const string DeleteFrom = "$deleteFromPrimitiveList/";
    /// <summary>Before the name of a list: the order of its items.</summary>
    public const string Order = "$setElementOrder/";

    /// <summary>A new value that came with directives in it: they have nothing to act on, so they go, and so do nulls. Null: the value itself goes.</summary>
    public static JsonNode? Strip(JsonNode? value)
    {
        if (value is JsonObject map) return StripMap(map);
        if (value is not JsonArray list) return value?.DeepClone();
        var kept = new JsonArray();
        foreach (var item in list)
        {
            if (item is JsonObject inner && inner.ContainsKey(Patch)) continue;
            kept.Add(item is JsonObject or JsonArray ? Strip(item) : item?.DeepClone());
        }
        return kept;
    }

    private static JsonObject StripMap(JsonObject map)
    {
        var kept = new JsonObject();
        foreach (var (key, value) in map)
        {
            if (value is null || key.StartsWith('$') && IsDirective(key)) continue;
            kept[key] = Strip(value);
        }
        return kept;
    }

    private static bool IsDirective(string key) =>
        key is Patch or RetainKeys || key.StartsWith(DeleteFrom, StringComparison.Ordinal) || key.StartsWith(Order, StringComparison.Ordinal);
}
