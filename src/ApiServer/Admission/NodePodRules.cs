using Coxswain.Api;
using Coxswain.ApiServer.Resources;
using Coxswain.ApiServer.Resources.Core.Pods;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>What a node may write of Pods: mirrors of its static Pods, the status of the Pods bound to it, and their deletion.</summary>
internal static class NodePodRules
{
    public static void Check(AdmissionRequest request, string node)
    {
        switch (request.Subresource, request.Operation)
        {
            case ("", AdmissionOperation.Create):
                CheckMirror(request, (V1Pod)request.Object!, node);
                break;
            case ("", AdmissionOperation.Delete):
                if (!IsOn(node, request.Old)) throw Refuse(request, node, "can only delete pods with spec.nodeName set to itself");
                break;
            case ("", _):
                throw request.Forbid($"unexpected operation \"UPDATE\", node {GoText.Quote(node)} can only create and delete mirror pods");
            case ("status", AdmissionOperation.Update):
                CheckStatus(request, (V1Pod)request.Object!, (V1Pod)request.Old!, node);
                break;
            default:
                var quoted = GoText.Quote(request.Subresource);
                throw request.Forbid($"unexpected pod subresource {quoted}, only 'status' and 'eviction' are allowed");
        }
    }

    private static void CheckMirror(AdmissionRequest request, V1Pod pod, string node)
    {
        if (!MirrorPods.IsMirror(pod))
        {
            var quoted = GoText.Quote(node);
            throw request.Forbid($"pod does not have \"{MirrorPods.Annotation}\" annotation, node {quoted} can only create mirror pods");
        }
        if (!IsOn(node, pod)) throw Refuse(request, node, "can only create pods with spec.nodeName set to itself");
        CheckOwner(request, pod.Metadata.OwnerReferences ?? [], node);
        if (PodReferences.FirstApiObject(pod.Spec) is { } found) throw Refuse(request, node, $"can not create pods that reference {found}");
    }

    /// <summary>A mirror belongs to its Node, so that it goes when the Node goes.</summary>
    private static void CheckOwner(AdmissionRequest request, IList<V1OwnerReference> owners, string node)
    {
        if (owners.Count > 1) throw Refuse(request, node, "can only create pods with a single owner reference set to itself");
        if (owners is not [{ ApiVersion: "v1", Kind: "Node" } owner] || owner.Name != node)
        {
            throw Refuse(request, node, "can only create pods with an owner reference set to itself");
        }
        if (owner.Controller != true) throw Refuse(request, node, "can only create pods with a controller owner reference set to itself");
        if (owner.BlockOwnerDeletion == true) throw Refuse(request, node, "must not set blockOwnerDeletion on an owner reference");
        var found = request.Core.Look(Kinds.Nodes, "", node) ?? throw ApiErrors.NotFound(new GroupVersionResource("", "v1", "node"), node);
        var uid = found.Metadata.Uid;
        if (owner.Uid != uid) throw request.Forbid($"node {node} UID mismatch: expected {owner.Uid} got {uid}");
    }

    private static void CheckStatus(AdmissionRequest request, V1Pod pod, V1Pod old, string node)
    {
        if (!IsOn(node, old)) throw Refuse(request, node, "can only update pod status for pods with spec.nodeName set to itself");
        var (labels, before) = (pod.Metadata.Labels, old.Metadata.Labels);
        if (!Semantic.Equal(labels, before)) throw Refuse(request, node, "cannot update labels through pod status");
        // "statues" is upstream's spelling.
        if (!Claims(pod).SequenceEqual(Claims(old))) throw Refuse(request, node, "cannot update resource claim statues");
        if (!Semantic.Equal(pod.Status?.ExtendedResourceClaimStatus, old.Status?.ExtendedResourceClaimStatus))
        {
            throw Refuse(request, node, "cannot update extended resource claim status");
        }
    }

    private static IEnumerable<(string, string?)> Claims(V1Pod pod) =>
        (pod.Status?.ResourceClaimStatuses ?? []).Select(c => (c.Name, (string?)c.ResourceClaimName));

    private static bool IsOn(string node, object? pod) => (pod as V1Pod)?.Spec?.NodeName == node;

    private static StatusException Refuse(AdmissionRequest request, string node, string why) =>
        request.Forbid($"node {GoText.Quote(node)} {why}");
}
