using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Auth;

/// <summary>
/// Says who may do what: <c>system:masters</c> everything, a node what a node needs, the cluster's own components everything, every authenticated caller
/// discovery. Nothing else is allowed.
/// </summary>
internal sealed class Authorizer(ApiServerCore core)
{
    private static readonly HashSet<string> Components = ["system:kube-controller-manager", "system:kube-scheduler", "system:apiserver"];
    private const string ControllerPrefix = $"{UserInfo.ServiceAccountPrefix}{SystemNamespaces.System}:";
    /// <summary>The service accounts in kube-system that the built-in controllers act as.</summary>
    private static readonly HashSet<string> Controllers =
    [
        "daemon-set-controller", "deployment-controller", "endpoint-controller", "endpointslice-controller", "endpointslicemirroring-controller", "generic-garbage-collector",
        "namespace-controller", "node-controller", "pod-garbage-collector", "replicaset-controller", "replication-controller", "resourcequota-controller", "root-ca-cert-publisher", "service-account-controller",
    ];
    private static readonly HashSet<string> PublicPaths = ["/healthz", "/livez", "/readyz", "/version"];

    private readonly NodeAuthorizer _nodes = new(core);

    /// <summary>What can be asked without saying who asks.</summary>
    public static bool IsPublic(string path) => PublicPaths.Contains(path.Length > 1 ? path.TrimEnd('/') : path);

    /// <exception cref="StatusException">403, with upstream's text.</exception>
    public void Demand(UserInfo user, in AccessRequest request)
    {
        if (!IsAllowed(user, request, out var reason)) throw Refusal(user, request, reason);
    }

    /// <param name="reason">More about a refusal; often empty.</param>
    public bool IsAllowed(UserInfo user, in AccessRequest request, out string reason)
    {
        reason = "";
        if (MayEverything(user)) return true;
        if (request.Path is { } path && IsPublic(path)) return true;
        if (!user.Groups.Contains(UserInfo.Authenticated)) return false;
        if (request.Path is { } asked) return request.Verb is "get" or "head" && IsDiscovery(asked);
        if (IsSelfReview(request)) return true;
        return user.NodeName is { } node && _nodes.IsAllowed(node, request, out reason);
    }

    public static bool MayEverything(UserInfo user) => user.IsMaster || Components.Contains(user.Name) || IsController(user.Name);

    private static bool IsController(string user) =>
        user.StartsWith(ControllerPrefix, StringComparison.Ordinal) && Controllers.GetAlternateLookup<ReadOnlySpan<char>>().Contains(user.AsSpan(ControllerPrefix.Length));

    private static bool IsSelfReview(in AccessRequest request) =>
        request is { Verb: "create", Group: "authorization.k8s.io", Resource: "selfsubjectaccessreviews" or "selfsubjectrulesreviews" }
            or { Verb: "create", Group: "authentication.k8s.io", Resource: "selfsubjectreviews" };

    private static bool IsDiscovery(string path) =>
        path is "/api" or "/apis" or "/openapi" or "/.well-known/openid-configuration" or "/openid/v1/jwks"
        || path.StartsWith("/api/", StringComparison.Ordinal)
        || path.StartsWith("/apis/", StringComparison.Ordinal)
        || path.StartsWith("/openapi/", StringComparison.Ordinal)
        || path.StartsWith("/version/", StringComparison.Ordinal);

    private static StatusException Refusal(UserInfo user, in AccessRequest request, string reason)
    {
        var what = $"User {GoText.Quote(user.Name)} cannot {request.Verb} ";
        if (request.Path is { } path) return ApiErrors.ForbiddenPath(With($"{what}path {GoText.Quote(path)}", reason));
        var resource = request.Subresource.Length == 0 ? request.Resource : $"{request.Resource}/{request.Subresource}";
        what += $"resource {GoText.Quote(resource)} in API group {GoText.Quote(request.Group)} ";
        what += request.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace {GoText.Quote(request.Namespace)}";
        return ApiErrors.Forbidden(new GroupVersionResource(request.Group, "", request.Resource), request.Name, With(what, reason));
    }

    private static string With(string text, string reason) => reason.Length == 0 ? text : $"{text}: {reason}";
}
