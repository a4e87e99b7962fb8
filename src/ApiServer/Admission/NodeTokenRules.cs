using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>
/// A node gets tokens only for Pods that run on it: bound to such a Pod, and for an audience that the Pod mounts a token for.
/// </summary>
internal static class NodeTokenRules
{
    private const string OtherUid = "does not match the UID in record. The object might have been deleted and then recreated";

    public static void Check(AdmissionRequest request, string node)
    {
        if (request is not { Operation: AdmissionOperation.Create, Subresource: "token" }) return;
        var spec = ((Authenticationv1TokenRequest)request.Object!).Spec;
        var pod = BoundPod(request, spec?.BoundObjectRef);
        if (pod.Spec?.NodeName != node) throw request.Forbid("node requested token bound to a pod scheduled on a different node");
        CheckAudience(request, pod, spec?.Audiences ?? []);
    }

    private static V1Pod BoundPod(AdmissionRequest request, V1BoundObjectReference? bound)
    {
        if (bound is not { ApiVersion: "v1", Kind: "Pod", Name.Length: > 0 })
        {
            throw request.Forbid("node requested token not bound to a pod");
        }
        if (string.IsNullOrEmpty(bound.Uid)) throw request.Forbid("node requested token with a pod binding without a uid");
        var pod = request.Core.Look(Kinds.Pods, request.Namespace, bound.Name)
            ?? throw ApiErrors.NotFound(new GroupVersionResource("", "v1", "pod"), bound.Name);
        if (bound.Uid != pod.Metadata.Uid) throw request.Forbid($"the UID in the bound object reference ({bound.Uid}) {OtherUid}");
        return pod;
    }

    /// <summary>No audience means the API server's, and so does a mounted token that names none.</summary>
    private static void CheckAudience(AdmissionRequest request, V1Pod pod, IList<string> audiences)
    {
        if (audiences.Count > 1) throw request.Forbid("node may only request 0 or 1 audiences");
        var audience = audiences.Count == 0 ? "" : audiences[0] ?? "";
        if (MountedAudiences(pod).Contains(audience)) return;
        var user = request.Context.User;
        var asked = new AccessRequest("request-serviceaccounts-token-audience", "", audience, "", request.Namespace, request.Context.Name);
        if (request.Core.Authorizer.IsAllowed(user, asked, out _)) return;
        throw request.Forbid($"audience {GoText.Quote(audience)} not found in pod spec volume, "
            + $"{user.Name} is not authorized to request tokens for this audience");
    }

    private static IEnumerable<string> MountedAudiences(V1Pod pod) =>
        from volume in pod.Spec.Volumes ?? []
        from source in volume.Projected?.Sources ?? []
        where source.ServiceAccountToken is not null
        select source.ServiceAccountToken.Audience ?? "";
}
