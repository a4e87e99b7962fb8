using Coxswain.Api;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>POST serviceaccounts/NAME/token.</summary>
internal static class TokenRequests
{
    public static ValueTask<Answer> IssueAsync(ResourceEndpoint endpoint, RequestContext context, ObjectBody body) => throw ApiErrors.PathNotFound();
}
