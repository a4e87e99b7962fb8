using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Authentication;

/// <summary>Who am I? (<c>kubectl auth whoami</c>)</summary>
internal sealed class SelfSubjectReview : ReviewDefinition<V1SelfSubjectReview>
{
    public override ResourceType<V1SelfSubjectReview> Type => Kinds.SelfSubjectReviews;

    protected override V1SelfSubjectReview Review(V1SelfSubjectReview value, ApiServerCore core, RequestContext context) => new()
    {
        Metadata = new V1ObjectMeta { CreationTimestamp = core.Now() },
        Status = new V1SelfSubjectReviewStatus { UserInfo = Shown(context.User) },
    };

    public static V1UserInfo Shown(UserInfo user) => new()
    {
        Username = user.Name,
        Uid = user.Uid,
        Groups = [.. user.Groups],
        Extra = user.Extra.ToDictionary(e => e.Key, e => (IList<string>)[.. e.Value]),
    };
}
