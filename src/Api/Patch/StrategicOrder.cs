using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>Lists that come with <c>$setElementOrder</c>: merged with the patch's changes of the same list, then put in the order given.</summary>
internal static class StrategicOrder
{
    /// <returns>The lists that are done: the patch's entries for them need no further look.</returns>
    public static HashSet<string> Apply(JsonObject original, JsonObject patch, Schema? schema)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (directive, value) in patch)
        {
            if (!directive.StartsWith(Directives.Order, StringComparison.Ordinal)) continue;
            var field = directive[Directives.Order.Length..];
            var order = value as JsonArray ?? throw new PatchException(PatchFailure.Malformed, "invalid patch format of setElementOrder list");
            original.TryGetPropertyValue(field, out var present);
            patch.TryGetPropertyValue(field, out var changed);
            done.Add(field);
            if (Merged(present as JsonArray, changed as JsonArray, order, schema, field) is { } list) original[field] = list;
        }
        return done;
    }

    private static JsonArray? Merged(JsonArray? present, JsonArray? changed, JsonArray order, Schema? schema, string field)
    {
        if (present is null && changed is null) return null;
        var rule = schema?.Fields.Find(field);
        var key = rule?.PatchKey ?? "";
        if (changed is not null) Check(changed, order, key);
        List<JsonNode?> merged;
        if (present is null) merged = [.. (JsonArray)Directives.Strip(changed)!];
        else if (changed is null) merged = [.. present];
        else merged = [.. StrategicList.Merge(present, changed, rule, field)];
        return StrategicList.Ordered(merged, order, present ?? [], key);
    }

    /// <summary>What the patch changes must stand in the order it gives, in that order.</summary>
    private static void Check(JsonArray changed, JsonArray order, string key)
    {
        if (changed.Count == 0 || order.Count == 0) return;
        var next = 0;
        var items = changed.Where(i => i is not JsonObject o || StrategicMap.Text(o[Directives.Patch]) != "delete").ToList();
        foreach (var place in order)
        {
            if (next < items.Count && ItemIndex.Of([place], key).Find(items[next]) == 0) next++;
        }
        if (next < items.Count)
        {
            throw new PatchException(PatchFailure.Other, $"The order in patch list:\n{GoText.Value(changed)}\n doesn't match {Directives.Order.TrimEnd('/')} list:\n{GoText.Value(order)}\n");
        }
    }
}
