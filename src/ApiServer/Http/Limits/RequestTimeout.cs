using Coxswain.Api;

namespace Coxswain.ApiServer.Http;

/// <summary>How long a request may take, as upstream reads it (<c>apiserver/pkg/endpoints/filters/request_deadline.go</c>).</summary>
internal static class RequestTimeout
{
    /// <summary>The caller's <c>timeout</c> where it is shorter than the server's; zero and less mean none.</summary>
    /// <exception cref="StatusException">400: it is no duration.</exception>
    public static TimeSpan Of(RequestQuery query, TimeSpan most)
    {
        if (query.Get("timeout") is not { Length: > 0 } asked) return most;
        if (GoDuration.TryParse(asked, out var duration)) return duration > TimeSpan.Zero && duration < most ? duration : most;
        throw ApiErrors.BadRequest($"invalid timeout specified in the request URL - {GoDuration.Fault(asked)}");
    }
}
