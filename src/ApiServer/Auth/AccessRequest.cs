namespace Coxswain.ApiServer.Auth;

/// <summary>What someone wants to do: the words that authorization goes by.</summary>
/// <param name="Path">For what is no resource: <c>/version</c>; then only <paramref name="Verb"/> counts besides.</param>
internal readonly record struct AccessRequest(string Verb, string Group, string Resource, string Subresource, string Namespace, string Name, string? Path = null)
{
    public static AccessRequest ForPath(string verb, string path) => new(verb, "", "", "", "", "", path);
}
