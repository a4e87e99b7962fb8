using Coxswain.Api;

namespace Coxswain.ApiServer.Auth;

/// <summary>What someone wants to do: the words that authorization goes by.</summary>
/// <param name="Path">For what is no resource: <c>/version</c>; then only <paramref name="Verb"/> counts besides.</param>
internal readonly record struct AccessRequest(string Verb, string Group, string Resource, string Subresource, string Namespace, string Name, string? Path = null)
{
    /// <summary>The name that a list, watch or deletion of many is authorized by: the one that its field selector demands; else empty.</summary>
    public static string SelectedName(string? fieldSelector)
    {
        if (string.IsNullOrEmpty(fieldSelector) || !fieldSelector.Contains("metadata.name", StringComparison.Ordinal)) return "";
        try
        {
            return FieldSelector.Parse(fieldSelector).Required("metadata.name") is { } name and not ("." or "..") && name.AsSpan().IndexOfAny('/', '%') < 0 ? name : "";
        }
        catch (FormatException) { return ""; } // what reads the selector says what is wrong with it
    }

    public static AccessRequest ForPath(string verb, string path) => new(verb, "", "", "", "", "", path);
}
