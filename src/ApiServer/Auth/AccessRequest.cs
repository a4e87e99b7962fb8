using Coxswain.Api;

namespace Coxswain.ApiServer.Auth;

/// <summary>What someone wants to do: the words that authorization goes by.</summary>
/// <param name="Path">For what is no resource: <c>/version</c>; then only <paramref name="Verb"/> counts besides.</param>
internal readonly record struct AccessRequest(string Verb, string Group, string Resource, string Subresource, string Namespace, string Name, string? Path = null)
{
    /// <summary>As a list, watch or deletion of many sends it; for other verbs null.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Whether all that the request can reach has this value in this field.</summary>
    public bool Selects(string field, string value)
    {
        if (string.IsNullOrEmpty(FieldSelector)) return false;
        try
        {
            return Api.FieldSelector.Parse(FieldSelector).Requirements.Any(r => r.Equal && r.Field == field && r.Value == value);
        }
        catch (FormatException) { return false; } // what reads the selector says what is wrong with it
    }

    /// <summary>The name that a list, watch or deletion of many is authorized by: the one that its field selector demands; else empty.</summary>
    public static string SelectedName(string? fieldSelector)
    {
        if (string.IsNullOrEmpty(fieldSelector) || !fieldSelector.Contains("metadata.name", StringComparison.Ordinal)) return "";
        try
        {
            return Api.FieldSelector.Parse(fieldSelector).Required("metadata.name") is { } name and not ("." or "..") && name.AsSpan().IndexOfAny('/', '%') < 0 ? name : "";
        }
        catch (FormatException) { return ""; } // what reads the selector says what is wrong with it
    }

    public static AccessRequest ForPath(string verb, string path) => new(verb, "", "", "", "", "", path);
}
