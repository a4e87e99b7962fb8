using System.Text.Json.Nodes;

namespace Coxswain.TestKit;

/// <summary>Merge patches, and of strategic merge patches as much as controllers and nodes use: lists of conditions, owners and addresses merge by key.</summary>
internal static class PatchApplier
{
    private static readonly Dictionary<string, string> Keys = new() { ["conditions"] = "type", ["ownerReferences"] = "uid", ["podIPs"] = "ip", ["hostIPs"] = "ip" };

    public static void Apply(JsonObject target, JsonObject patch, bool strategic)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null) target.Remove(name);
            else if (value is JsonObject child)
            {
                if (target[name] is not JsonObject present) target[name] = present = [];
                Apply(present, child, strategic);
            }
            else if (strategic && value is JsonArray items && Keys.TryGetValue(name, out var key))
            {
                if (target[name] is not JsonArray present) target[name] = present = [];
                MergeList(present, items, key);
            }
            else target[name] = value.DeepClone();
        }
    }

    /// <summary>A new item: its nulls say what is not to be there.</summary>
    private static JsonObject Without(JsonObject item)
    {
        var made = new JsonObject();
        Apply(made, item, strategic: true);
        return made;
    }

    private static void MergeList(JsonArray present, JsonArray items, string key)
    {
        if (items.RemoveAll(item => item!["$patch"]?.GetValue<string>() == "replace") > 0) present.Clear();
        foreach (var item in items.Select(item => item!.AsObject()))
        {
            var found = present.FirstOrDefault(other => other![key]!.GetValue<string>() == item[key]!.GetValue<string>());
            if (item["$patch"]?.GetValue<string>() == "delete") present.Remove(found);
            else if (found is null) present.Add(Without(item));
            else Apply(found.AsObject(), item, strategic: true);
        }
    }
}
