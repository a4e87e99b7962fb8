using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>Applies the operations of one JSON patch to a document, within limits on the work they cause.</summary>
internal sealed class JsonPatchRun(JsonObject root)
{
    /// <summary>What copies may add up to, in bytes: without a limit a short patch could double a document a thousand times.</summary>
    private const int MostCopied = 3 * 1024 * 1024;
    /// <summary>How many items all insertions and removals together may shift.</summary>
    private const long MostShifted = 50_000_000;
    /// <summary>Removing a key from a map costs about this much for each key, removing an item from a list 1 for each item.</summary>
    private const int KeyWeight = 8;

    private long _copied;
    private long _shifted;

    /// <exception cref="PatchException">It cannot be applied.</exception>
    public void Apply(JsonNode? operation)
    {
        var map = operation as JsonObject ?? throw Inapplicable("Unexpected kind: unknown");
        var path = JsonPointer.Parse(Text(map, "path"));
        switch (Text(map, "op"))
        {
            case "add": Add(path, Value(map)); break;
            case "remove": Remove(path); break;
            case "replace": Replace(path, Value(map)); break;
            case "move": Add(path, Remove(JsonPointer.Parse(Text(map, "from")))); break;
            case "copy": Copy(JsonPointer.Parse(Text(map, "from")), path); break;
            case "test": Test(path, map["value"]); break;
            default: throw Inapplicable($"Unexpected kind: {Text(map, "op")}");
        }
    }

    private void Add(JsonPointer path, JsonNode? value)
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
                var index = JsonPointer.Index(path.Last, list.Count) ?? throw Missing(path);
                Shift(list.Count - index);
                list.Insert(index, value);
                break;
            default: throw Missing(path);
        }
    }

    private JsonNode? Remove(JsonPointer path)
    {
        var container = path.Container(root) ?? throw Missing(path);
        if (!JsonPointer.TryStep(container, path.Last, out var value)) throw Missing(path);
        if (container is JsonObject map)
        {
            Shift(map.Count * KeyWeight);
            map.Remove(path.Last);
            return value;
        }
        var list = (JsonArray)container;
        var index = JsonPointer.Index(path.Last, list.Count - 1)!.Value;
        Shift(list.Count - index);
        list.RemoveAt(index);
        return value;
    }

    private void Replace(JsonPointer path, JsonNode? value)
    {
        var container = path.Container(root) ?? throw Missing(path);
        if (!JsonPointer.TryStep(container, path.Last, out _)) throw Missing(path);
        if (container is JsonObject map) map[path.Last] = value;
        else ((JsonArray)container)[JsonPointer.Index(path.Last, ((JsonArray)container).Count - 1)!.Value] = value;
    }

    private void Copy(JsonPointer from, JsonPointer path)
    {
        var container = from.Container(root) ?? throw Missing(from);
        if (!JsonPointer.TryStep(container, from.Last, out var value)) throw Missing(from);
        _copied += PatchJson.Bytes(value).Length;
        if (_copied > MostCopied)
        {
            throw Inapplicable($"Unable to complete the copy, the accumulated size increase of copy is {_copied}, exceeding the limit {MostCopied}");
        }
        Add(path, value?.DeepClone());
    }

    /// <summary>A missing value equals null.</summary>
    private void Test(JsonPointer path, JsonNode? expected)
    {
        JsonNode? found = null;
        if (path.Container(root) is { } container) JsonPointer.TryStep(container, path.Last, out found);
        if (!JsonNode.DeepEquals(found, expected)) throw Inapplicable($"testing value {path.Last} failed");
    }

    private void Shift(long items)
    {
        _shifted += items;
        if (_shifted <= MostShifted) return;
        throw new PatchException(PatchFailure.TooLarge, $"the operations of this JSON patch shift more than {MostShifted} items of lists and maps");
    }

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out var value) ? value?.DeepClone() : throw Inapplicable("missing value");

    private static string Text(JsonObject operation, string field) =>
        operation[field] is JsonValue value && value.TryGetValue(out string? text) ? text
            : field == "op" ? "unknown" : throw Inapplicable($"missing {field}");

    private static PatchException Missing(JsonPointer path) => Inapplicable($"missing path at {path.Last}");

    private static PatchException Inapplicable(string message) => new(PatchFailure.Inapplicable, message);
}
