using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>JSON Patch (RFC 6902): a list of operations, all or none.</summary>
public static class JsonPatch
{
    private const int MostOperations = 10_000;

    /// <exception cref="PatchException">Nothing was changed.</exception>
    public static byte[] Apply(ReadOnlyMemory<byte> document, ReadOnlyMemory<byte> patch)
    {
        var operations = Operations(PatchJson.Patch(patch));
        var root = PatchJson.Document(document);
        var run = new JsonPatchRun(root);
        foreach (var operation in operations) run.Apply(operation);
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

    private static PatchException Malformed(string message) => new(PatchFailure.Malformed, message);
}
