using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>JSON merge patch (RFC 7396): maps are merged, null takes away, anything else replaces.</summary>
public static class MergePatch
{
    /// <exception cref="PatchException">Nothing was changed.</exception>
    public static byte[] Apply(ReadOnlyMemory<byte> document, ReadOnlyMemory<byte> patch)
    {
        JsonNode? changes;
        try { changes = PatchJson.Patch(patch); }
        catch (PatchException) { throw new PatchException(PatchFailure.Malformed, "Invalid JSON Patch"); }
        if (changes is null or JsonValue) throw new PatchException(PatchFailure.Malformed, "Invalid JSON Patch");
        return PatchJson.Bytes(Merge(PatchJson.Document(document), changes));
    }

    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        var map = target as JsonObject ?? [];
        var gone = new List<string>();
        foreach (var (key, value) in changes)
        {
            if (value is null) gone.Add(key);
            else
            {
                map.TryGetPropertyValue(key, out var present);
                var merged = Merge(present, value);
                if (!ReferenceEquals(merged, present)) map[key] = merged;
            }
        }
        PatchJson.Remove(map, gone);
        return map;
    }
}
