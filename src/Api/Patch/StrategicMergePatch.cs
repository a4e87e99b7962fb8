using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>
/// Strategic merge patch: as a merge patch, but lists of things with names are merged item by item, and directives in the patch say what to take away,
/// replace or put in order.
/// </summary>
public static class StrategicMergePatch
{
    /// <param name="schema">The document's: its fields' merge keys decide.</param>
    /// <exception cref="PatchException">Nothing was changed.</exception>
    public static byte[] Apply(ReadOnlyMemory<byte> document, ReadOnlyMemory<byte> patch, Schema schema)
    {
        var changes = PatchJson.Patch(patch) ?? new JsonObject(); // null is an empty patch
        if (changes is not JsonObject map)
        {
            throw new PatchException(PatchFailure.Malformed, $"json: cannot unmarshal {PatchJson.GoKind(changes)} into Go value of type map[string]interface {{}}");
        }
        return PatchJson.Bytes(StrategicMap.Merge(PatchJson.Document(document), map, schema));
    }
}
