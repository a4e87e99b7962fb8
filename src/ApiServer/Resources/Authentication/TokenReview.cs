using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Authentication;

/// <summary>Whose token is this? For services that callers show their service-account tokens to.</summary>
internal sealed class TokenReview : ReviewDefinition<V1TokenReview>
{
    public override ResourceType<V1TokenReview> Type => Kinds.TokenReviews;

    protected override V1TokenReview Review(V1TokenReview value, ApiServerCore core, RequestContext context)
    {
        if (string.IsNullOrEmpty(value.Spec?.Token)) throw ApiErrors.BadRequest("token is required for TokenReview in authentication");
        value.Status = new V1TokenReviewStatus();
        if (core.Authenticator is not { } authenticator) return value;
        var verdict = authenticator.Judge(value.Spec.Token, value.Spec.Audiences is { Count: > 0 } asked ? [.. asked] : null);
        if (verdict.User is { } user)
        {
            value.Status.Authenticated = true;
            value.Status.User = SelfSubjectReview.Shown(user);
            value.Status.Audiences = [.. verdict.Audiences];
        }
        else
        {
            value.Status.Error = verdict.Fault;
        }
        return value;
    }
}
