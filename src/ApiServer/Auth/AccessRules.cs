using k8s.Models;

namespace Coxswain.ApiServer.Auth;

/// <summary>What a caller may do, as rules to be shown (<c>kubectl auth can-i --list</c>). <see cref="Authorizer"/> decides; this must say the same.</summary>
internal static class AccessRules
{
    private const string NodesHaveNone = "node authorizer does not support user rule resolution";
    private static readonly string[] PublicUrls = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
    private static readonly string[] DiscoveryUrls = ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/"];

    public static V1SubjectRulesReviewStatus Of(UserInfo user)
    {
        var status = new V1SubjectRulesReviewStatus { ResourceRules = [], NonResourceRules = [], Incomplete = false };
        if (Authorizer.MayEverything(user))
        {
            status.ResourceRules.Add(new V1ResourceRule { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] });
            status.NonResourceRules.Add(new V1NonResourceRule { Verbs = ["*"], NonResourceURLs = ["*"] });
        }
        if (user.Groups.Contains(UserInfo.Authenticated))
        {
            status.ResourceRules.Add(Create("authorization.k8s.io", "selfsubjectaccessreviews", "selfsubjectrulesreviews"));
            status.ResourceRules.Add(Create("authentication.k8s.io", "selfsubjectreviews"));
            status.NonResourceRules.Add(Get(DiscoveryUrls));
        }
        status.NonResourceRules.Add(Get(PublicUrls));
        if (user.NodeName is not null) (status.Incomplete, status.EvaluationError) = (true, NodesHaveNone);
        return status;
    }

    private static V1ResourceRule Create(string group, params string[] resources) => new() { Verbs = ["create"], ApiGroups = [group], Resources = resources };

    private static V1NonResourceRule Get(string[] urls) => new() { Verbs = ["get"], NonResourceURLs = urls };
}
