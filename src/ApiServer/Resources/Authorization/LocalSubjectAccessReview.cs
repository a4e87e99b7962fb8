using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Authorization;

/// <summary>As <see cref="SubjectAccessReview"/>, about one namespace: whoever may ask there need not be allowed to ask about all.</summary>
internal sealed class LocalSubjectAccessReview : ReviewDefinition<V1LocalSubjectAccessReview>
{
    public override ResourceType<V1LocalSubjectAccessReview> Type => Kinds.LocalSubjectAccessReviews;

    protected override V1LocalSubjectAccessReview Review(V1LocalSubjectAccessReview value, ApiServerCore core, RequestContext context)
    {
        var spec = value.Spec ??= new V1SubjectAccessReviewSpec();
        var errors = new FieldErrors();
        AccessReviews.OneQuestion(spec.ResourceAttributes, spec.NonResourceAttributes, errors);
        AccessReviews.SomeUser(spec, errors);
        AccessReviews.Selectors(spec.ResourceAttributes, errors);
        AccessReviews.NoMetadata(value.Metadata, "must be empty except for namespace", errors);
        Local(spec, context.Namespace, errors);
        Refuse(errors);
        value.Status = AccessReviews.Ask(core, AccessReviews.UserOf(spec), spec.ResourceAttributes, spec.NonResourceAttributes);
        return value;
    }

    private static void Local(V1SubjectAccessReviewSpec spec, string ns, FieldErrors errors)
    {
        var asked = spec.ResourceAttributes?.NamespaceProperty ?? "";
        if (spec.ResourceAttributes is not null && asked != ns) errors.Invalid(FieldPath.Root("spec.resourceAttributes.namespace"), asked, "must match metadata.namespace");
        if (spec.NonResourceAttributes is { } path) errors.Invalid(FieldPath.Root("spec.nonResourceAttributes"), AccessReviews.Shown(path), "disallowed on this kind of request");
    }
}
