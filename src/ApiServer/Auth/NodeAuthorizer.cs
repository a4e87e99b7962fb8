using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources.Core.Pods;
using k8s.Models;

namespace Coxswain.ApiServer.Auth;

/// <summary>
/// What <c>system:node:NAME</c> may do: write its own Node, Lease and Pods; read what every node needs; and of ConfigMaps, Secrets and service accounts
/// only what Pods on it refer to.
/// </summary>
internal sealed class NodeAuthorizer(ApiServerCore core)
{
    public bool IsAllowed(string node, in AccessRequest request, out string reason)
    {
        reason = "";
        return (request.Group, request.Resource) switch
        {
            ("", "configmaps" or "secrets") => IsReferred(node, request, out reason),
            ("", "serviceaccounts") when request.Subresource == "token" => request.Verb == "create" && IsReferred(node, request, out reason),
            ("", "serviceaccounts") => request.Verb == "get" && IsReferred(node, request, out reason),
            ("", "pods") => IsPodRequestAllowed(node, request, out reason),
            ("", "nodes") => IsNodeRequestAllowed(node, request, out reason),
            ("", "services") => IsRead(request.Verb),
            ("discovery.k8s.io", "endpointslices") or ("", "endpoints") => IsRead(request.Verb),
            ("" or "events.k8s.io", "events") => request.Verb is "create" or "update" or "patch",
            ("coordination.k8s.io", "leases") => IsLeaseRequestAllowed(node, request, out reason),
            ("authentication.k8s.io", "tokenreviews") or ("authorization.k8s.io", "subjectaccessreviews" or "localsubjectaccessreviews") => request.Verb == "create",
            _ => false,
        };
    }

    private static bool IsRead(string verb) => verb is "get" or "list" or "watch";

    /// <summary>Lists and watches of Pods are the node's own by field selector; here only the verbs are bounded, and single Pods by their node.</summary>
    private bool IsPodRequestAllowed(string node, in AccessRequest request, out string reason)
    {
        reason = "";
        if (IsRead(request.Verb) && request.Subresource.Length == 0) return true;
        if (request is { Verb: "create", Subresource: "" }) return true; // mirror Pods
        var writesStatus = request.Subresource == "status" && request.Verb is "update" or "patch";
        if (!writesStatus && !(request.Subresource.Length == 0 && request.Verb == "delete")) return false;
        if (PodOf(request) is not { } pod || pod.Spec?.NodeName == node) return true;
        reason = $"can only {(writesStatus ? "update pod status for" : "delete")} pods with spec.nodeName set to itself";
        return false;
    }

    private static bool IsNodeRequestAllowed(string node, in AccessRequest request, out string reason)
    {
        reason = "";
        if (request.Verb == "create" && request.Subresource.Length == 0) return true; // the name stands in the body
        if (IsRead(request.Verb) && (request.Name.Length == 0 || request.Name == node)) return true;
        if (request.Verb is not ("get" or "update" or "patch") || request.Subresource is not ("" or "status")) return false;
        if (request.Name == node) return true;
        reason = request.Verb == "get" ? $"node '{node}' cannot read '{request.Name}', only its own Node object" : $"node '{node}' is not allowed to modify node '{request.Name}'";
        return false;
    }

    private static bool IsLeaseRequestAllowed(string node, in AccessRequest request, out string reason)
    {
        reason = "";
        if (request.Verb is not ("get" or "create" or "update" or "patch" or "delete")) return false;
        if (request.Namespace != SystemNamespaces.NodeLeases)
        {
            reason = "can only access leases in the \"kube-node-lease\" system namespace";
            return false;
        }
        if (request.Name.Length == 0 || request.Name == node) return true;
        reason = "can only access node lease with the same name as the requesting node";
        return false;
    }

    private bool IsReferred(string node, in AccessRequest request, out string reason)
    {
        reason = "";
        if (request.Verb is not ("get" or "list" or "watch" or "create")) return false;
        if (request.Name.Length > 0)
        {
            foreach (var pod in PodsOn(node, request.Namespace))
            {
                if (RefersTo(pod, request.Resource, request.Name)) return true;
            }
        }
        reason = request.Name.Length == 0
            ? "No Object name found"
            : $"no relationship found between node '{node}' and this object";
        return false;
    }

    private static bool RefersTo(V1Pod pod, string resource, string name) => resource switch
    {
        "serviceaccounts" => pod.Spec.ServiceAccountName == name,
        "configmaps" => PodReferences.ConfigMaps(pod.Spec).Contains(name),
        "secrets" => PodReferences.Secrets(pod.Spec).Contains(name),
        _ => false,
    };

    private V1Pod? PodOf(in AccessRequest request)
    {
        var pods = core.Find("", "v1", "pods");
        return pods is not null && core.Store.Get($"{pods.Definition.StoragePrefix}{request.Namespace}/{request.Name}") is { } stored ? (V1Pod)pods.ObjectOf(stored) : null;
    }

    private IEnumerable<V1Pod> PodsOn(string node, string ns)
    {
        if (core.Find("", "v1", "pods") is not { } pods) yield break;
        foreach (var stored in core.Store.Range($"{pods.Definition.StoragePrefix}{ns}/")!.Values)
        {
            if (pods.ObjectOf(stored) is V1Pod pod && pod.Spec?.NodeName == node) yield return pod;
        }
    }
}
