using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>Merges one list of a strategic merge patch: by a key, as a set of plain values, or by replacing it.</summary>
internal static class StrategicList
{
    /// <param name="rule">The list's field; null for one that the schema does not know.</param>
    public static JsonArray Merge(JsonArray original, JsonArray patch, SchemaField? rule, string field)
    {
        if (rule?.Patch.HasFlag(PatchStrategy.Merge) != true) return (JsonArray)patch.DeepClone();
        var items = original.Concat(patch);
        if (items.Any(i => i is JsonArray)) throw new PatchException(PatchFailure.Inapplicable, "lists of lists are not supported");
        if (!items.Any(i => i is JsonObject)) return Ordered([.. Distinct(items)], patch, original, "");
        if (rule.PatchKey.Length == 0) throw new PatchException(PatchFailure.Other, $"cannot merge lists without merge key for {field}");
        var (kept, changes) = ApplyItemDirectives(original, patch, rule.PatchKey);
        return Ordered(MergeItems(kept, changes, rule.PatchKey, rule.Type.Element), changes, original, rule.PatchKey);
    }

    /// <summary>Items that are orders: take the one with this key out, or let the patch's other items replace all.</summary>
    private static (List<JsonNode?> Kept, List<JsonNode?> Changes) ApplyItemDirectives(JsonArray original, JsonArray patch, string key)
    {
        var kept = original.ToList();
        var changes = new List<JsonNode?>();
        var gone = new HashSet<string>(StringComparer.Ordinal);
        var replace = false;
        foreach (var item in patch)
        {
            var map = item as JsonObject ?? throw Inapplicable(item);
            if (!map.TryGetPropertyValue(Directives.Patch, out var directive))
            {
                changes.Add(map);
                continue;
            }
            switch (StrategicMap.Text(directive))
            {
                case "delete":
                    if (!map.TryGetPropertyValue(key, out var name)) throw NoKey(map, key);
                    gone.Add(ItemIndex.Name(name));
                    break;
                case "replace": replace = true; break;
                case "merge": throw new PatchException(PatchFailure.Other, "merging lists cannot yet be specified in the patch");
                default: throw new PatchException(PatchFailure.Other, $"unknown patch type: {StrategicMap.Text(directive)} in map: {GoText.Value(map)}");
            }
        }
        if (gone.Count > 0) kept.RemoveAll(k => k is JsonObject o && gone.Contains(ItemIndex.Name(o[key])));
        return replace ? ([.. changes.Select(Directives.Strip)], []) : (kept, changes);
    }

    private static List<JsonNode?> MergeItems(List<JsonNode?> kept, List<JsonNode?> changes, string key, Schema? itemSchema)
    {
        var places = ItemIndex.Of(kept, key);
        foreach (var item in changes)
        {
            var map = (JsonObject)item!;
            if (!map.ContainsKey(key)) throw NoKey(map, key);
            var at = places.Find(map);
            if (at >= 0) kept[at] = StrategicMap.Merge((JsonObject)kept[at]!, map, itemSchema);
            else
            {
                places.Add(map, kept.Count);
                kept.Add(Directives.Strip(map));
            }
        }
        return kept;
    }

    /// <summary>
    /// The patch's items in the patch's order, the server's own in theirs; where both orders know two items, the server's order decides which goes first.
    /// </summary>
    internal static JsonArray Ordered(List<JsonNode?> merged, IList<JsonNode?> patchOrder, IList<JsonNode?> serverOrder, string key)
    {
        var (inPatch, onServer) = (ItemIndex.Of(patchOrder, key), ItemIndex.Of(serverOrder, key));
        var fromPatch = Placed(merged, inPatch, m => inPatch.Find(m) >= 0);
        var fromServer = Placed(merged, onServer, m => inPatch.Find(m) < 0);
        var (i, j) = (0, 0);
        var result = new List<JsonNode?>(merged.Count);
        while (i < fromServer.Count || j < fromPatch.Count)
        {
            var serverFirst = j >= fromPatch.Count
                || (i < fromServer.Count && onServer.Find(fromPatch[j]) is >= 0 and var p && onServer.Find(fromServer[i]) is >= 0 and var s && s < p);
            result.Add(serverFirst ? fromServer[i++] : fromPatch[j++]);
        }
        var list = new JsonArray();
        foreach (var item in result) list.Add(item?.Parent is null ? item : item.DeepClone());
        return list;
    }

    private static List<JsonNode?> Placed(List<JsonNode?> items, ItemIndex order, Func<JsonNode?, bool> which) => [.. items.Where(which).OrderBy(order.Find)];

    private static List<JsonNode?> Distinct(IEnumerable<JsonNode?> items)
    {
        var (distinct, places) = (new List<JsonNode?>(), new ItemIndex(""));
        foreach (var item in items) if (places.Add(item, distinct.Count)) distinct.Add(item);
        return distinct;
    }

    private static PatchException NoKey(JsonObject map, string key) => new(PatchFailure.Other, $"map: {GoText.Value(map)} does not contain declared merge key: {key}");

    private static PatchException Inapplicable(JsonNode? item) => new(PatchFailure.Inapplicable, $"expected a map in a list of maps, found {item?.ToJsonString() ?? "null"}");
}
