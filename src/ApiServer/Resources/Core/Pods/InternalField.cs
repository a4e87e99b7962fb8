namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>One field of an internal type; see <see cref="InternalShape"/>.</summary>
/// <param name="Wire">Its name on the wire.</param>
/// <param name="Empty">What stands there when it is not set, as JSON; null for a struct by value.</param>
/// <param name="Type">Of what is inside; null when that looks as on the wire.</param>
internal sealed record InternalField(string Name, string Wire, string? Empty, string? Type)
{
    public static InternalField Parse(string word)
    {
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        var type = colon < 0 ? null : word[(colon + 1)..];
        if (colon >= 0) word = word[..colon];
        string? empty = "\"\"";
        if (word.EndsWith('*')) (word, empty) = (word[..^1], "null");
        else if (word.EndsWith('#')) (word, empty) = (word[..^1], "0");
        else if (word.EndsWith('?')) (word, empty) = (word[..^1], "false");
        else if (word.EndsWith("{}", StringComparison.Ordinal)) (word, empty) = (word[..^2], null);
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word : word[..equals];
        return new InternalField(name, equals < 0 ? char.ToLowerInvariant(name[0]) + name[1..] : word[(equals + 1)..], empty, type);
    }
}
