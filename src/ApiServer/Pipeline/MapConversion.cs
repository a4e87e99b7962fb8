namespace Coxswain.ApiServer.Pipeline;

/// <summary>
/// A strategic merge patch is decoded by upstream from a map and not from text, so a value that does not fit its field reads differently than in a created
/// object: <c>cannot convert int64 to string</c> for <c>json: cannot unmarshal number into Go struct field ...</c>.
/// </summary>
internal static class MapConversion
{
    public static string Error(string decodeError)
    {
        const string Head = "json: cannot unmarshal ", Middle = " into Go ", Tail = " of type ";
        var middle = decodeError.IndexOf(Middle, StringComparison.Ordinal);
        var tail = decodeError.LastIndexOf(Tail, StringComparison.Ordinal);
        if (!decodeError.StartsWith(Head, StringComparison.Ordinal) || middle < Head.Length || tail < middle) return decodeError;
        var (found, wanted) = (Found(decodeError.AsSpan()[Head.Length..middle]), decodeError[(tail + Tail.Length)..]);
        if (wanted.StartsWith("map[", StringComparison.Ordinal)) return $"cannot restore map from {found}";
        if (wanted.StartsWith("[]", StringComparison.Ordinal)) return $"cannot restore slice from {found}";
        if (wanted.Contains('.', StringComparison.Ordinal)) return $"cannot restore struct from: {found}";
        // Go could turn a number into any of these; it is told not to, in other words than for what it cannot turn at all.
        return found is "int64" or "float64" && wanted is not "bool" ? $"cannot convert {found} to {wanted}" : $"unrecognized type: {wanted}";
    }

    private static string Found(ReadOnlySpan<char> json) => json switch
    {
        "object" => "map",
        "array" => "slice",
        "string" or "bool" => json.ToString(),
        _ => json.Contains('.') ? "float64" : "int64", // "number", or "number 1.5" when the digits matter
    };
}
