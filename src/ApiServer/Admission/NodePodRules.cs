using Coxswain.Api;
using Coxswain.ApiServer.Resources;
using Coxswain.ApiServer.Resources.Core.Pods;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>What a node may write of Pods: mirrors of its static Pods, the status of those bound to it, and their end.</summary>
internal static class NodePodRules
{
    public static void Check(AdmissionRequest request, string node)
    {
        var quoted = GoText.Quote(node);
        switch (request.Subresource, request.Operation)
        {
            case ("", AdmissionOperation.Create): CheckMirror(request, (V1Pod)request.Object!, node); break;
            case ("", AdmissionOperation.Delete):
                if (((V1Pod)request.Old!).Spec?.NodeName != node) throw request.Forbid($"node {quoted} can only delete pods with spec.nodeName set to itself");
                break;
            case ("", _): throw request.Forbid($"unexpected operation \"UPDATE\", node {quoted} can only create and delete mirror pods");
            case ("status", AdmissionOperation.Update): CheckStatus(request, (V1Pod)request.Object!, (V1Pod)request.Old!, node); break;
            default: throw request.Forbid($"unexpected pod subresource {GoText.Quote(request.Subresource)}, only 'status' and 'eviction' are allowed");
        }
    }

    private static void CheckMirror(AdmissionRequest request, V1Pod pod, string node)
    {
        var quoted = GoText.Quote(node);
        if (!MirrorPods.IsMirror(pod)) throw request.Forbid($"pod does not have \"{MirrorPods.Annotation}\" annotation, node {quoted} can only create mirror pods");
        if (pod.Spec?.NodeName != node) throw request.Forbid($"node {quoted} can only create pods with spec.nodeName set to itself");
        CheckOwner(request, pod.Metadata.OwnerReferences ?? [], node);
        if (PodReferences.FirstApiObject(pod.Spec) is { } resource) throw request.Forbid($"node {quoted} can not create pods that reference {resource}");
    }

    /// <summary>A mirror belongs to its node, so that it goes when the node does.</summary>
    private static void CheckOwner(AdmissionRequest request, IList<V1OwnerReference> owners, string node)
    {
        var quoted = GoText.Quote(node);
        if (owners.Count > 1) throw request.Forbid($"node {quoted} can only create pods with a single owner reference set to itself");
        if (owners is not [{ ApiVersion: "v1", Kind: "Node" } owner] || owner.Name != node)
        {
            throw request.Forbid($"node {quoted} can only create pods with an owner reference set to itself");
        }
        if (owner.Controller != true) throw request.Forbid($"node {quoted} can only create pods with a controller owner reference set to itself");
        if (owner.BlockOwnerDeletion == true) throw request.Forbid($"node {quoted} must not set blockOwnerDeletion on an owner reference");
        var uid = (request.Core.Look(Kinds.Nodes, "", node) ?? throw ApiErrors.NotFound(new GroupVersionResource("", "v1", "node"), node)).Metadata.Uid;
        if (owner.Uid != uid) throw request.Forbid($"node {node} UID mismatch: expected {owner.Uid} got {uid}");
    }

    private static void CheckStatus(AdmissionRequest request, V1Pod pod, V1Pod old, string node)
    {
        var quoted = GoText.Quote(node);
        if (old.Spec?.NodeName != node) throw request.Forbid($"node {quoted} can only update pod status for pods with spec.nodeName set to itself");
        if (!Semantic.Equal(pod.Metadata.Labels, old.Metadata.Labels)) throw request.Forbid($"node {quoted} cannot update labels through pod status");
        var (claims, before) = (pod.Status?.ResourceClaimStatuses ?? [], old.Status?.ResourceClaimStatuses ?? []);
        if (!claims.Select(c => (c.Name, c.ResourceClaimName)).SequenceEqual(before.Select(c => (c.Name, c.ResourceClaimName))))
        {
            throw request.Forbid($"node {quoted} cannot update resource claim statues"); // as upstream spells it
        }
        if (!Semantic.Equal(pod.Status?.ExtendedResourceClaimStatus, old.Status?.ExtendedResourceClaimStatus)) throw request.Forbid($"node {quoted} cannot update extended resource claim status");
    }
}
