using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>
/// The look at a patch that comes before it is applied, unless nobody asked for one (<see cref="FieldValidation.Ignore"/>): its form, and keys that stand twice or mean
/// nothing. Strategic patches are looked at for the latter only.
/// </summary>
public static class PatchCheck
{
    private const int MaximumFindings = 100;
    private static readonly string[] OperationFields = ["op", "path", "from", "value"];

    /// <summary>Findings about a JSON patch.</summary>
    /// <exception cref="PatchException">It has not the form of one.</exception>
    public static IReadOnlyList<string> OfJson(ReadOnlyMemory<byte> patch)
    {
        var root = Read(patch, out var duplicates);
        var findings = duplicates.Select(d => $"json patch {d}").ToList();
        if (root is null) return findings;
        if (root is not JsonArray list) throw Undecodable($"{PatchJson.GoKind(root)} into Go value of type []handlers.jsonPatchOp");
        for (var i = 0; i < list.Count; i++) Operation(list[i], i, findings);
        return findings;
    }

    /// <summary>Findings about a merge patch.</summary>
    /// <exception cref="PatchException">It has not the form of one.</exception>
    public static IReadOnlyList<string> OfMerge(ReadOnlyMemory<byte> patch) =>
        Read(patch, out var duplicates) is JsonObject or null ? duplicates : throw Undecodable($"{PatchJson.GoKind(PatchJson.Patch(patch))} into Go value of type map[string]interface {{}}");

    /// <summary>Findings about a strategic merge patch; what has not the form of one is found when it is applied.</summary>
    public static IReadOnlyList<string> OfStrategic(ReadOnlyMemory<byte> patch)
    {
        PatchReader.Read(patch.Span, out var duplicates);
        return duplicates;
    }

    /// <summary>The patch as Go prints it.</summary>
    /// <exception cref="PatchException">It is none.</exception>
    public static string Shown(ReadOnlyMemory<byte> patch) => GoText.Value(PatchJson.Patch(patch));

    private static void Operation(JsonNode? node, int index, List<string> findings)
    {
        if (node is null) return;
        if (node is not JsonObject operation) throw Undecodable($"{PatchJson.GoKind(node)} into Go value of type handlers.jsonPatchOp");
        foreach (var (key, value) in operation)
        {
            if (!OperationFields.Contains(key))
            {
                if (findings.Count < MaximumFindings) findings.Add($"json patch unknown field {GoText.Quote($"[{index}].{key}")}");
            }
            else if (key != "value" && PatchJson.GoKind(value) is not ("string" or "null") and var kind) throw Undecodable($"{kind} into Go struct field jsonPatchOp.{key} of type string");
        }
    }

    private static JsonNode? Read(ReadOnlyMemory<byte> patch, out IReadOnlyList<string> duplicates)
    {
        try
        {
            return PatchReader.Read(patch.Span, out duplicates);
        }
        catch (PatchException e)
        {
            throw new PatchException(PatchFailure.Malformed, $"error decoding patch: {e.Message}");
        }
    }

    private static PatchException Undecodable(string what) => new(PatchFailure.Malformed, $"error decoding patch: json: cannot unmarshal {what}");
}
