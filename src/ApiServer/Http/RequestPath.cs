using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// A request's path as it was sent, decoded once. The server's own reading of it walks up at <c>..</c> and keeps <c>%2F</c>; Kubernetes takes every segment
/// for a name, whatever is in it.
/// </summary>
internal static class RequestPath
{
    /// <summary>Null when its encoding follows no rules.</summary>
    public static string? Of(HttpContext http)
    {
        var plain = http.Request.Path.Value is { Length: > 0 } value ? value : "/";
        var raw = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        if (raw is not ['/', ..]) return plain; // a whole URL, or the lone star of OPTIONS
        if (raw.IndexOf('?') is >= 0 and var query) raw = raw[..query];
        if (!raw.Contains('%') && raw.SequenceEqual(plain)) return plain;
        return PercentEncoding.IsValid(raw) ? PercentEncoding.Decode(raw) : null;
    }
}
