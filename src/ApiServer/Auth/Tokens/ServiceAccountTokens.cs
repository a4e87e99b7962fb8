using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Auth;

/// <summary>Signs service-account tokens (JWT, ES256) and reads them back. What a token is bound to is for <see cref="Authenticator"/> to check.</summary>
public sealed class ServiceAccountTokens : ITokenIssuer
{
    /// <summary>How far clocks may differ; upstream's value.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);
    /// <summary>Of 64 bytes in base64url. The decoder also takes blanks and padding: one token could have many spellings.</summary>
    private const int SignatureLength = 86;

    private readonly ECDsa _key;
    /// <summary>Keys are not promised to be safe for use by several threads.</summary>
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ClockWatch _clock;
    private readonly string _header;

    public ServiceAccountTokens(ECDsa key, TimeProvider time, string clusterDomain = "cluster.local")
    {
        (_key, _time, _clock) = (key, time, new ClockWatch(time));
        Issuer = IssuerOf(clusterDomain);
        KeyId = Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
        _header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{{\"alg\":\"ES256\",\"kid\":\"{KeyId}\"}}"));
    }

    public static string IssuerOf(string clusterDomain) => $"https://kubernetes.default.svc.{clusterDomain}";

    /// <summary>What the token's <c>iss</c> says, and the audience of tokens that name none.</summary>
    public string Issuer { get; }

    string ITokenIssuer.Audience => Issuer;

    /// <summary>Names the signing key in tokens and in the published key set.</summary>
    public string KeyId { get; }

    public ValueTask<V1TokenRequestStatus> IssueAsync(V1ServiceAccount account, Authenticationv1TokenRequest request, BoundObject? bound, CancellationToken ct)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
        var expires = now.AddSeconds(request.Spec.ExpirationSeconds ?? 3600);
        var claims = Claims(account, request.Spec.Audiences is { Count: > 0 } given ? given : [Issuer], bound, now, expires);
        var signed = $"{_header}.{Base64Url.EncodeToString(claims)}";
        var signature = Sign(signed);
        return ValueTask.FromResult(new V1TokenRequestStatus { Token = $"{signed}.{Base64Url.EncodeToString(signature)}", ExpirationTimestamp = expires.UtcDateTime });
    }

    /// <summary>The token's claims when our key signed it, it is for us, and now is within its time; else null.</summary>
    public TokenClaims? Read(string token) => ReadSigned(token) is { } claims && TimeFault(claims) is null ? claims : null;

    /// <summary>As <see cref="Read"/>, whatever the time.</summary>
    public TokenClaims? ReadSigned(string token)
    {
        var lastDot = token.LastIndexOf('.');
        var firstDot = token.IndexOf('.');
        if (firstDot <= 0 || lastDot <= firstDot || token.Length - lastDot - 1 != SignatureLength) return null;
        if (token.AsSpan(firstDot + 1, lastDot - firstDot - 1).Contains('.')) return null;
        try
        {
            if (!IsOurAlgorithm(Base64Url.DecodeFromChars(token.AsSpan(0, firstDot)))) return null;
            var signature = Base64Url.DecodeFromChars(token.AsSpan(lastDot + 1));
            if (!Verify(token[..lastDot], signature)) return null;
            return TokenClaims.Parse(Base64Url.DecodeFromChars(token.AsSpan(firstDot + 1, lastDot - firstDot - 1)), Issuer);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// Why now is not within the token's time; null when it is. By the clock as it is, or as it was until it was set a moment ago: whoever holds a token needs time to
    /// fetch another.
    /// </summary>
    public string? TimeFault(TokenClaims claims)
    {
        string? fault = null;
        foreach (var now in _clock.Readings())
        {
            if (FaultAt(claims, now) is not { } found) return null;
            fault ??= found;
        }
        return fault;
    }

    private static string? FaultAt(TokenClaims claims, DateTimeOffset now)
    {
        if (now + Leeway < DateTimeOffset.FromUnixTimeSeconds(claims.NotBefore)) return "service account token is not valid yet";
        return now - Leeway > DateTimeOffset.FromUnixTimeSeconds(claims.Expires) ? "service account token has expired" : null;
    }

    /// <summary>The public key as a JSON Web Key Set.</summary>
    public byte[] KeySetJson()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return Encoding.UTF8.GetBytes(
            $"{{\"keys\":[{{\"use\":\"sig\",\"kty\":\"EC\",\"kid\":\"{KeyId}\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"x\":\"{Base64Url.EncodeToString(point.X)}\",\"y\":\"{Base64Url.EncodeToString(point.Y)}\"}}]}}");
    }

    private byte[] Sign(string text)
    {
        lock (_gate) return _key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256);
    }

    private bool Verify(string text, byte[] signature)
    {
        lock (_gate) return _key.VerifyData(Encoding.ASCII.GetBytes(text), signature, HashAlgorithmName.SHA256);
    }

    /// <summary>The header decides nothing but must not lie: a token that claims another algorithm was not made here.</summary>
    private static bool IsOurAlgorithm(byte[] header)
    {
        using var document = JsonDocument.Parse(header);
        return document.RootElement.TryGetProperty("alg", out var algorithm) && algorithm.ValueEquals("ES256"u8);
    }

    private byte[] Claims(V1ServiceAccount account, IEnumerable<string> audiences, BoundObject? bound, DateTimeOffset now, DateTimeOffset expires)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("aud");
        foreach (var audience in audiences) json.WriteStringValue(audience);
        json.WriteEndArray();
        json.WriteNumber("exp", expires.ToUnixTimeSeconds());
        json.WriteNumber("iat", now.ToUnixTimeSeconds());
        json.WriteString("iss", Issuer);
        json.WriteString("jti", Guid.NewGuid());
        json.WriteStartObject("kubernetes.io");
        json.WriteString("namespace", account.Metadata.NamespaceProperty);
        if (bound is { Kind: "Node" }) WriteReference(json, "node", bound.Name, bound.Uid);
        if (bound is { NodeName: { Length: > 0 } node }) WriteReference(json, "node", node, bound.NodeUid);
        if (bound is { Kind: "Pod" }) WriteReference(json, "pod", bound.Name, bound.Uid);
        if (bound is { Kind: "Secret" }) WriteReference(json, "secret", bound.Name, bound.Uid);
        WriteReference(json, "serviceaccount", account.Metadata.Name, account.Metadata.Uid);
        json.WriteEndObject();
        json.WriteNumber("nbf", now.ToUnixTimeSeconds());
        json.WriteString("sub", $"{UserInfo.ServiceAccountPrefix}{account.Metadata.NamespaceProperty}:{account.Metadata.Name}");
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteReference(Utf8JsonWriter json, string kind, string name, string? uid)
    {
        json.WriteStartObject(kind);
        json.WriteString("name", name);
        if (!string.IsNullOrEmpty(uid)) json.WriteString("uid", uid);
        json.WriteEndObject();
    }
}
