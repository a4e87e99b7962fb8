using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Authorization;

/// <summary>May I do something? (<c>kubectl auth can-i</c>)</summary>
internal sealed class SelfSubjectAccessReview : ReviewDefinition<V1SelfSubjectAccessReview>
{
    public override ResourceType<V1SelfSubjectAccessReview> Type => Kinds.SelfSubjectAccessReviews;

    protected override V1SelfSubjectAccessReview Review(V1SelfSubjectAccessReview value, ApiServerCore core, RequestContext context)
    {
        var spec = value.Spec ??= new V1SelfSubjectAccessReviewSpec();
        var errors = new FieldErrors();
        AccessReviews.OneQuestion(spec.ResourceAttributes, spec.NonResourceAttributes, errors);
        AccessReviews.Selectors(spec.ResourceAttributes, errors);
        AccessReviews.NoMetadata(value.Metadata, "must be empty", errors);
        Refuse(errors);
        value.Status = AccessReviews.Ask(core, context.User, spec.ResourceAttributes, spec.NonResourceAttributes);
        return value;
    }
}
