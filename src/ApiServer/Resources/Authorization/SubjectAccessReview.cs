using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Authorization;

/// <summary>May a user do something? For whoever decides in the server's stead.</summary>
internal sealed class SubjectAccessReview : ReviewDefinition<V1SubjectAccessReview>
{
    public override ResourceType<V1SubjectAccessReview> Type => Kinds.SubjectAccessReviews;

    protected override V1SubjectAccessReview Review(V1SubjectAccessReview value, ApiServerCore core, RequestContext context)
    {
        var spec = value.Spec ??= new V1SubjectAccessReviewSpec();
        var errors = new FieldErrors();
        AccessReviews.OneQuestion(spec.ResourceAttributes, spec.NonResourceAttributes, errors);
        AccessReviews.SomeUser(spec, errors);
        AccessReviews.Selectors(spec.ResourceAttributes, errors);
        AccessReviews.NoMetadata(value.Metadata, "must be empty", errors);
        Refuse(errors);
        value.Status = AccessReviews.Ask(core, AccessReviews.UserOf(spec), spec.ResourceAttributes, spec.NonResourceAttributes);
        return value;
    }
}
