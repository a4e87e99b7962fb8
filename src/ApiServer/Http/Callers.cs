using System.Buffers.Text;
using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>Finds out who sent a request: by bearer token, else by the connection's client certificate.</summary>
internal sealed class Callers(Authenticator authenticator)
{
    private const string Bearer = "Bearer ";
    /// <summary>Browsers cannot set headers on a WebSocket: they offer their token as a protocol, beside the one they mean.</summary>
    private const string BearerProtocol = "base64url.bearer.authorization.k8s.io.";

    /// <summary>Null for a caller who shows nothing.</summary>
    /// <exception cref="StatusException">401: what was shown is no good.</exception>
    public UserInfo? Of(HttpContext http)
    {
        var shown = http.Features.Get<ConnectionCaller>();
        if (shown?.User is { } user) return user;
        var authorization = http.Request.Headers.Authorization;
        if (authorization.Count > 0 && authorization[0] is { } header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authenticator.FromToken(header[Bearer.Length..].Trim()) ?? throw ApiErrors.Unauthorized();
        }
        if (http.Request.Headers.Upgrade.Count > 0 && OfProtocol(http.Request) is { } caller) return caller;
        if (shown is null) return null;
        // One that expired between two requests: a caller with a newer certificate shows it on its next connection.
        if (shown.HasExpired) http.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        throw ApiErrors.Unauthorized();
    }

    private UserInfo? OfProtocol(HttpRequest request)
    {
        var offered = request.Headers.SecWebSocketProtocol.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (offered.FirstOrDefault(p => p.StartsWith(BearerProtocol, StringComparison.Ordinal)) is not { } secret) return null;
        var others = offered.Where(p => p != secret).ToArray();
        if (others.Length == 0) throw ApiErrors.Unauthorized(); // nothing is left to agree on
        request.Headers.SecWebSocketProtocol = string.Join(", ", others); // the secret is never answered
        try
        {
            return authenticator.FromToken(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(secret.AsSpan(BearerProtocol.Length)))) ?? throw ApiErrors.Unauthorized();
        }
        catch (FormatException) { throw ApiErrors.Unauthorized(); }
    }
}
