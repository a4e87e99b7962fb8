using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>Finds out who sent a request: by bearer token, else by the connection's client certificate.</summary>
internal sealed class Callers(Authenticator authenticator)
{
    private const string Bearer = "Bearer ";

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
        return shown is null ? null : throw ApiErrors.Unauthorized();
    }
}
