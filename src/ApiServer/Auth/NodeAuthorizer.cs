using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Auth;

/// <summary>
/// What <c>system:node:NAME</c> may request: its own Node, Lease and Pods, what every node needs, and those ConfigMaps, Secrets and service
/// accounts that Pods on it refer to. A write's content is not known here: <see cref="Admission.NodeRestriction"/> checks it.
/// </summary>
/// <remarks>
/// Upstream's <c>plugin/pkg/auth/authorizer/node</c>, for the kinds that are served here. The private methods return null when the request
/// is allowed, else the reason, which may be empty.
/// </remarks>
internal sealed class NodeAuthorizer(ApiServerCore core)
{
    private readonly NodeRelations _relations = new(core);

    /// <param name="node">The node's name; empty for a user that names none, who may nothing.</param>
    public bool IsAllowed(string node, in AccessRequest request, out string reason)
    {
        var refusal = node.Length == 0 ? $"unknown node for user {GoText.Quote(UserInfo.NodePrefix)}" : Refusal(node, request);
        reason = refusal ?? "";
        return refusal is null;
    }

    private string? Refusal(string node, in AccessRequest request) => (request.Group, request.Resource) switch
    {
        ("", "configmaps" or "secrets") => OfObject(node, request),
        ("", "serviceaccounts") => request is { Verb: "get", Subresource: "" } ? OfObject(node, request) : OfToken(node, request),
        ("", "pods") => OfPod(node, request),
        ("", "nodes") => OfNode(node, request),
        ("coordination.k8s.io", "leases") => OfLease(node, request),
        _ => EveryNodeMay(request) ? null : "",
    };

    private static bool EveryNodeMay(in AccessRequest request) =>
        request.Subresource.Length == 0 && (request.Group, request.Resource) switch
        {
            ("", "services") => request.Verb is "get" or "list" or "watch",
            ("", "endpoints") => request.Verb is "get",
            ("" or "events.k8s.io", "events") => request.Verb is "create" or "update" or "patch",
            ("authentication.k8s.io", "tokenreviews") => request.Verb is "create",
            ("authorization.k8s.io", "subjectaccessreviews" or "localsubjectaccessreviews") => request.Verb is "create",
            _ => false,
        };

    /// <summary>Reads of one object: by name, or of a list that its field selector makes one of.</summary>
    private string? OfObject(string node, in AccessRequest request)
    {
        if (request.Verb is not ("get" or "list" or "watch")) return "can only read resources of this type";
        if (request.Subresource.Length > 0) return "cannot read subresource";
        if (request.Namespace.Length == 0) return "can only read namespaced object of this type";
        return OfRelated(node, request);
    }

    private string? OfToken(string node, in AccessRequest request)
    {
        if (request.Verb != "create" || request.Name.Length == 0) return "can only create tokens for individual service accounts";
        if (request.Subresource != "token") return "can only create token subresource of serviceaccount";
        return OfRelated(node, request);
    }

    private string? OfRelated(string node, in AccessRequest request)
    {
        if (request.Name.Length == 0) return "No Object name found";
        if (_relations.Exists(node, request.Resource, request.Namespace, request.Name)) return null;
        return $"no relationship found between node '{node}' and this object";
    }

    private string? OfPod(string node, in AccessRequest request) => (request.Verb, request.Subresource) switch
    {
        ("get", "") => OfRelated(node, request),
        ("list" or "watch", "") => OfPods(node, request),
        ("create" or "delete", "") or ("update" or "patch", "status") or ("create", "eviction") => null,
        _ => "",
    };

    private string? OfPods(string node, in AccessRequest request)
    {
        if (request.Selects("spec.nodeName", node)) return null;
        return request.Name.Length > 0 ? OfRelated(node, request) : "can only list/watch pods with spec.nodeName field selector";
    }

    private static string? OfNode(string node, in AccessRequest request)
    {
        switch (request.Verb, request.Subresource)
        {
            case ("create" or "update" or "patch", "") or ("update" or "patch", "status"): return null;
            case ("get" or "list" or "watch", ""):
                if (request.Name == node) return null; // before the Node is there, too
                return request.Name.Length == 0
                    ? $"node '{node}' cannot read all nodes, only its own Node object"
                    : $"node '{node}' cannot read '{request.Name}', only its own Node object";
            default: return "";
        }
    }

    private static string? OfLease(string node, in AccessRequest request)
    {
        if (request.Verb is not ("get" or "create" or "update" or "patch" or "delete"))
        {
            return "can only get, create, update, patch, or delete a node lease";
        }
        if (request.Namespace != SystemNamespaces.NodeLeases) return "can only access leases in the \"kube-node-lease\" system namespace";
        if (request.Verb == "create" || request.Name == node) return null; // the name of a new one is in the body
        return "can only access node lease with the same name as the requesting node";
    }
}
