using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>A node gets service account tokens for the Pods on it only: bound to one of them, and for an audience that it mounts a token for.</summary>
internal static class NodeTokenRules
{
    public static void Check(AdmissionRequest request, string node)
    {
        if (request is not { Operation: AdmissionOperation.Create, Subresource: "token" }) return;
        var spec = ((Authenticationv1TokenRequest)request.Object!).Spec;
        var pod = BoundPod(request, spec?.BoundObjectRef);
        if (pod.Spec?.NodeName != node) throw request.Forbid("node requested token bound to a pod scheduled on a different node");
        CheckAudience(request, pod, spec?.Audiences ?? []);
    }

    private static V1Pod BoundPod(AdmissionRequest request, V1BoundObjectReference? reference)
    {
        if (reference is not { ApiVersion: "v1", Kind: "Pod", Name.Length: > 0 }) throw request.Forbid("node requested token not bound to a pod");
        if (string.IsNullOrEmpty(reference.Uid)) throw request.Forbid("node requested token with a pod binding without a uid");
        var pod = request.Core.Look(Kinds.Pods, request.Namespace, reference.Name) ?? throw ApiErrors.NotFound(new GroupVersionResource("", "v1", "pod"), reference.Name);
        if (reference.Uid == pod.Metadata.Uid) return pod;
        throw request.Forbid($"the UID in the bound object reference ({reference.Uid}) does not match the UID in record. The object might have been deleted and then recreated");
    }

    /// <summary>None means the API server, and so does a mounted token that names none.</summary>
    private static void CheckAudience(AdmissionRequest request, V1Pod pod, IList<string> audiences)
    {
        if (audiences.Count > 1) throw request.Forbid("node may only request 0 or 1 audiences");
        var audience = audiences.Count == 0 ? "" : audiences[0] ?? "";
        var mounted = (pod.Spec.Volumes ?? []).SelectMany(v => v.Projected?.Sources ?? []).Any(s => s.ServiceAccountToken is { } token && (token.Audience ?? "") == audience);
        if (mounted) return;
        var asked = new AccessRequest("request-serviceaccounts-token-audience", "", audience, "", request.Namespace, request.Context.Name);
        if (request.Core.Authorizer.IsAllowed(request.Context.User, asked, out _)) return;
        throw request.Forbid($"audience {GoText.Quote(audience)} not found in pod spec volume, {request.Context.User.Name} is not authorized to request tokens for this audience");
    }
}
