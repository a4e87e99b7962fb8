using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>JSON Patch (RFC 6902): a list of operations, all or none.</summary>
public static class JsonPatch
{
    private const int MostOperations = 10_000;
    /// <summary>What copies may add up to, in bytes: without a limit a short patch could double a document a thousand times.</summary>
    private const int MostCopied = 3 * 1024 * 1024;

    /// <exception cref="PatchException">Nothing was changed.</exception>
    public static byte[] Apply(ReadOnlyMemory<byte> document, ReadOnlyMemory<byte> patch)
    {
        var operations = Operations(PatchJson.Patch(patch));
        var root = PatchJson.Document(document);
        var copied = 0L;
        foreach (var operation in operations) Apply(root, operation, ref copied);
        return PatchJson.Bytes(root);
    }

    private static JsonArray Operations(JsonNode? patch)
    {
        if (patch is null) return [];
        if (patch is not JsonArray list) throw Malformed($"json: cannot unmarshal {PatchJson.GoKind(patch)} into Go value of type jsonpatch.Patch");
        foreach (var item in list)
        {
            if (item is not (JsonObject or null)) throw Malformed($"json: cannot unmarshal {PatchJson.GoKind(item)} into Go value of type jsonpatch.Operation");
        }
        if (list.Count > MostOperations)
        {
            throw new PatchException(PatchFailure.TooLarge, $"The allowed maximum operations in a JSON patch is {MostOperations}, got {list.Count}");
        }
        return list;
    }

    private static void Apply(JsonObject root, JsonNode? operation, ref long copied)
    {
        var map = operation as JsonObject ?? throw Inapplicable("Unexpected kind: unknown");
        var path = JsonPointer.Parse(Text(map, "path"));
        switch (Text(map, "op"))
        {
            case "add": Add(root, path, Value(map)); break;
            case "remove": Remove(root, path); break;
            case "replace": Replace(root, path, Value(map)); break;
            case "move": Add(root, path, Remove(root, JsonPointer.Parse(Text(map, "from")))); break;
            case "copy": Copy(root, JsonPointer.Parse(Text(map, "from")), path, ref copied); break;
            case "test": Test(root, path, map["value"]); break;
            default: throw Inapplicable($"Unexpected kind: {Text(map, "op")}");
        }
    }

    private static void Add(JsonObject root, JsonPointer path, JsonNode? value)
    {
        switch (path.Container(root))
        {
            case JsonObject map:
                map[path.Last] = value;
                break;
            case JsonArray list when path.Last == "-":
                list.Add(value);
                break;
            case JsonArray list:
                list.Insert(JsonPointer.Index(path.Last, list.Count) ?? throw Missing(path), value);
                break;
            default: throw Missing(path);
        }
    }

    private static JsonNode? Remove(JsonObject root, JsonPointer path)
    {
        var container = path.Container(root) ?? throw Missing(path);
        if (!JsonPointer.TryStep(container, path.Last, out var value)) throw Missing(path);
        if (container is JsonObject map) map.Remove(path.Last);
        else ((JsonArray)container).RemoveAt(JsonPointer.Index(path.Last, ((JsonArray)container).Count - 1)!.Value);
        return value;
    }

    private static void Replace(JsonObject root, JsonPointer path, JsonNode? value)
    {
        var container = path.Container(root) ?? throw Missing(path);
        if (!JsonPointer.TryStep(container, path.Last, out _)) throw Missing(path);
        if (container is JsonObject map) map[path.Last] = value;
        else ((JsonArray)container)[JsonPointer.Index(path.Last, ((JsonArray)container).Count - 1)!.Value] = value;
    }

    private static void Copy(JsonObject root, JsonPointer from, JsonPointer path, ref long copied)
    {
        var container = from.Container(root) ?? throw Missing(from);
        if (!JsonPointer.TryStep(container, from.Last, out var value)) throw Missing(from);
        copied += PatchJson.Bytes(value).Length;
        if (copied > MostCopied) throw Inapplicable($"Unable to complete the copy, the accumulated size increase of copy is {copied}, exceeding the limit {MostCopied}");
        Add(root, path, value?.DeepClone());
    }

    /// <summary>A missing value equals null.</summary>
    private static void Test(JsonObject root, JsonPointer path, JsonNode? expected)
    {
        JsonNode? found = null;
        if (path.Container(root) is { } container) JsonPointer.TryStep(container, path.Last, out found);
        if (!JsonNode.DeepEquals(found, expected)) throw Inapplicable($"testing value {path.Last} failed");
    }

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out var value) ? value?.DeepClone() : throw Inapplicable("missing value");

    private static string Text(JsonObject operation, string field) =>
        operation[field] is JsonValue value && value.TryGetValue(out string? text) ? text : field == "op" ? "unknown" : throw Inapplicable($"missing {field}");

    private static PatchException Missing(JsonPointer path) => Inapplicable($"missing path at {path.Last}");

    private static PatchException Malformed(string message) => new(PatchFailure.Malformed, message);

    private static PatchException Inapplicable(string message) => new(PatchFailure.Inapplicable, message);
}
