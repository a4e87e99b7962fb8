using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Authorization;

/// <summary>What may I do in a namespace? (<c>kubectl auth can-i --list</c>) For showing, not for deciding.</summary>
internal sealed class SelfSubjectRulesReview : ReviewDefinition<V1SelfSubjectRulesReview>
{
    public override ResourceType<V1SelfSubjectRulesReview> Type => Kinds.SelfSubjectRulesReviews;

    protected override V1SelfSubjectRulesReview Review(V1SelfSubjectRulesReview value, ApiServerCore core, RequestContext context)
    {
        if (string.IsNullOrEmpty(value.Spec?.NamespaceProperty)) throw ApiErrors.BadRequest("no namespace on request");
        return new V1SelfSubjectRulesReview { Metadata = new V1ObjectMeta(), Spec = new V1SelfSubjectRulesReviewSpec(), Status = AccessRules.Of(context.User) };
    }
}
