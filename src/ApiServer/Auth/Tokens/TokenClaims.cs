using System.Text.Json;

namespace Coxswain.ApiServer.Auth;

/// <summary>What a service-account token says.</summary>
/// <param name="Expires">Seconds since 1970, as <paramref name="NotBefore"/>.</param>
public sealed record TokenClaims(string Namespace, string ServiceAccount, string ServiceAccountUid, string Id, IReadOnlyList<string> Audiences, long NotBefore, long Expires)
{
    public (string Name, string Uid)? Pod { get; init; }
    public (string Name, string Uid)? Secret { get; init; }
    public (string Name, string Uid)? Node { get; init; }

    /// <summary>Null when a claim that every token of ours has is missing, or the issuer is another.</summary>
    public static TokenClaims? Parse(ReadOnlyMemory<byte> json, string issuer)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (Text(root, "iss") != issuer) return null;
        if (!root.TryGetProperty("kubernetes.io", out var bound) || Reference(bound, "serviceaccount") is not { } account) return null;
        if (!root.TryGetProperty("exp", out var expires) || !root.TryGetProperty("nbf", out var notBefore)) return null;
        return new TokenClaims(Text(bound, "namespace"), account.Name, account.Uid, Text(root, "jti"), AudiencesOf(root), notBefore.GetInt64(), expires.GetInt64())
        {
            Pod = Reference(bound, "pod"),
            Secret = Reference(bound, "secret"),
            Node = Reference(bound, "node"),
        };
    }

    private static string Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static (string Name, string Uid)? Reference(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) ? (Text(value, "name"), Text(value, "uid")) : null;

    private static List<string> AudiencesOf(JsonElement root)
    {
        if (!root.TryGetProperty("aud", out var value)) return [];
        if (value.ValueKind == JsonValueKind.String) return [value.GetString()!];
        return [.. value.EnumerateArray().Select(a => a.GetString() ?? "")];
    }
}
