using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Resources.Core.Pods;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>A node's agent writes its own node, lease and Pods, and nobody else's.</summary>
internal sealed class NodeRestriction : IAdmissionStep
{
    public void Validate(AdmissionRequest request)
    {
        if (request.Context.User.NodeName is not { } node) return;
        var type = request.Definition.ResourceType;
        if (ReferenceEquals(type, Kinds.Pods)) CheckPod(request, node);
        else if (ReferenceEquals(type, Kinds.Nodes)) CheckNode(request, node);
        else if (ReferenceEquals(type, Kinds.Leases)) CheckLease(request, node);
    }

    private static void CheckPod(AdmissionRequest request, string node)
    {
        var quoted = GoText.Quote(node);
        switch (request.Operation)
        {
            case AdmissionOperation.Create when request.Subresource.Length == 0:
                CheckMirror(request, (V1Pod)request.Object!, node);
                break;
            case AdmissionOperation.Delete when ((V1Pod)request.Old!).Spec?.NodeName != node:
                throw request.Forbid($"node {quoted} can only delete pods with spec.nodeName set to itself");
            case AdmissionOperation.Update when request.Subresource == "status" && ((V1Pod)request.Old!).Spec?.NodeName != node:
                throw request.Forbid($"node {quoted} can only update pod status for pods with spec.nodeName set to itself");
            default:
                break;
        }
    }

    private static void CheckMirror(AdmissionRequest request, V1Pod pod, string node)
    {
        var quoted = GoText.Quote(node);
        if (!MirrorPods.IsMirror(pod)) throw request.Forbid($"pod does not have \"{MirrorPods.Annotation}\" annotation, node {quoted} can only create mirror pods");
        if (pod.Spec.NodeName != node) throw request.Forbid($"node {quoted} can only create pods with spec.nodeName set to itself");
        if (!string.IsNullOrEmpty(pod.Spec.ServiceAccountName)) throw request.Forbid($"node {quoted} can not create pods that reference a service account");
        if (PodReferences.Secrets(pod.Spec).Any() || PodReferences.HasStorageSecrets(pod.Spec)) throw request.Forbid($"node {quoted} can not create pods that reference secrets");
        if (PodReferences.ConfigMaps(pod.Spec).Any()) throw request.Forbid($"node {quoted} can not create pods that reference configmaps");
        if (PodReferences.HasClaims(pod.Spec)) throw request.Forbid($"node {quoted} can not create pods that reference persistentvolumeclaims");
    }

    private static void CheckNode(AdmissionRequest request, string node)
    {
        if (request.Operation != AdmissionOperation.Delete && request.Name != node) throw request.Forbid($"node {GoText.Quote(node)} is not allowed to modify node {GoText.Quote(request.Name)}");
        if (request.Operation != AdmissionOperation.Update) return;
        var (now, before) = (((V1Node)request.Object!).Spec?.Taints ?? [], ((V1Node)request.Old!).Spec?.Taints ?? []);
        if (!now.Select(Text).SequenceEqual(before.Select(Text))) throw request.Forbid($"node {GoText.Quote(node)} is not allowed to modify taints");
    }

    private static void CheckLease(AdmissionRequest request, string node)
    {
        if (request.Namespace != SystemNamespaces.NodeLeases) throw request.Forbid($"can only access leases in the \"{SystemNamespaces.NodeLeases}\" system namespace");
        if (request.Name != node) throw request.Forbid("can only access node lease with the same name as the requesting node");
    }

    private static string Text(V1Taint taint) => $"{taint.Key}={taint.Value}:{taint.Effect}";
}
