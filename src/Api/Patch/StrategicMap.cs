using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>Merges one map of a strategic merge patch into the document's.</summary>
internal static class StrategicMap
{
    /// <param name="schema">The map's; null below fields that the schema does not know.</param>
    public static JsonObject Merge(JsonObject? original, JsonObject patch, Schema? schema)
    {
        if (patch.TryGetPropertyValue(Directives.Patch, out var directive) && Text(directive) is var word)
        {
            return word switch
            {
                "replace" => Without(patch, Directives.Patch),
                "delete" => [],
                _ => throw new PatchException(PatchFailure.Other, $"unknown patch type: {word} in map: {GoText.Value(patch)}"),
            };
        }
        original ??= [];
        RetainKeys(original, patch);
        var done = StrategicOrder.Apply(original, patch, schema);
        var gone = new List<string>();
        foreach (var (key, value) in patch)
        {
            if (key == Directives.RetainKeys || key.StartsWith(Directives.Order, StringComparison.Ordinal) || done.Contains(key)) continue;
            if (key.StartsWith(Directives.DeleteFrom, StringComparison.Ordinal)) DeleteFrom(original, key[Directives.DeleteFrom.Length..], value);
            else if (value is null) gone.Add(key);
            else MergeField(original, key, value, schema);
        }
        PatchJson.Remove(original, gone);
        return original;
    }

    private static void MergeField(JsonObject original, string key, JsonNode value, Schema? schema)
    {
        original.TryGetPropertyValue(key, out var present);
        var merged = (present, value) switch
        {
            (JsonObject map, JsonObject change) => IsReplaced(schema, key) ? Directives.Strip(change) : Merge(map, change, schema?.Of(key)),
            (JsonArray list, JsonArray change) => StrategicList.Merge(list, change, schema?.Fields.Find(key), key),
            _ => Directives.Strip(value),
        };
        if (!ReferenceEquals(merged, present)) original[key] = merged;
    }

    private static void DeleteFrom(JsonObject original, string key, JsonNode? values)
    {
        if (values is not JsonArray gone) throw new PatchException(PatchFailure.Malformed, "invalid patch format of primitive list");
        if (!original.TryGetPropertyValue(key, out var present) || present is not JsonArray list) return;
        var names = ItemIndex.Of(gone, "");
        list.RemoveAll(item => names.Find(item) >= 0);
    }

    private static void RetainKeys(JsonObject original, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(Directives.RetainKeys, out var retained)) return;
        if (retained is not JsonArray list) throw BadRetainKeys();
        var keys = list.Select(Text).ToHashSet();
        foreach (var (key, value) in patch)
        {
            if (value is null || key == Directives.RetainKeys || key.StartsWith(Directives.DeleteFrom, StringComparison.Ordinal) || key.StartsWith(Directives.Order, StringComparison.Ordinal)) continue;
            if (!keys.Contains(key)) throw BadRetainKeys();
        }
        PatchJson.Remove(original, [.. original.Select(p => p.Key).Where(k => !keys.Contains(k))]);
    }

    private static bool IsReplaced(Schema? schema, string key) => schema?.Fields.Find(key)?.Patch.HasFlag(PatchStrategy.Replace) == true;

    internal static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : node?.ToJsonString();

    private static JsonObject Without(JsonObject patch, string key)
    {
        var copy = (JsonObject)patch.DeepClone();
        copy.Remove(key);
        return copy;
    }

    private static PatchException BadRetainKeys() => new(PatchFailure.Malformed, "invalid patch format of retainKeys");
}
