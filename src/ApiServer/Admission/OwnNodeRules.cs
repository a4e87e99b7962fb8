using Coxswain.Api;
using Coxswain.ApiServer.Resources;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>What a node may write of its own Node: not its taints, owners and configuration, and no label that steers workloads unless it is one of the agent's own.</summary>
internal static class OwnNodeRules
{
    private const string Restricted = "node-restriction.kubernetes.io";

    /// <summary>Labels of Kubernetes that an agent may say of its node (<c>k8s.io/kubelet/pkg/apis</c>).</summary>
    private static readonly HashSet<string> AgentLabels =
    [
        "kubernetes.io/hostname", "topology.kubernetes.io/zone", "topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
        "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type", "kubernetes.io/os", "kubernetes.io/arch", "beta.kubernetes.io/os", "beta.kubernetes.io/arch",
    ];

    public static void Check(AdmissionRequest request, string node)
    {
        if (request.GivenName != node) throw request.Forbid($"node {GoText.Quote(node)} is not allowed to modify node {GoText.Quote(request.GivenName)}");
        if (request.Operation == AdmissionOperation.Create) CheckNew(request, (V1Node)request.Object!, node);
        if (request.Operation == AdmissionOperation.Update) CheckChange(request, (V1Node)request.Object!, (V1Node)request.Old!, node);
    }

    private static void CheckNew(AdmissionRequest request, V1Node value, string node)
    {
        var quoted = GoText.Quote(node);
        if (value.Spec?.ConfigSource is not null) throw request.Forbid($"node {quoted} is not allowed to create pods with a non-nil configSource");
        var forbidden = ForbiddenChanges(value.Metadata.Labels, null);
        if (forbidden.Length > 0) throw request.Forbid($"node {quoted} is not allowed to set the following labels: {forbidden}");
    }

    private static void CheckChange(AdmissionRequest request, V1Node value, V1Node old, string node)
    {
        var quoted = GoText.Quote(node);
        if (value.Spec?.ConfigSource is { } source && !Same(new V1NodeSpec { ConfigSource = source }, new V1NodeSpec { ConfigSource = old.Spec?.ConfigSource }))
        {
            throw request.Forbid($"node {quoted} is not allowed to update configSource to a new non-nil configSource");
        }
        if (!Same(new V1NodeSpec { Taints = OrNull(value.Spec?.Taints) }, new V1NodeSpec { Taints = OrNull(old.Spec?.Taints) })) throw request.Forbid($"node {quoted} is not allowed to modify taints");
        if (!Semantic.Equal(new V1ObjectMeta { OwnerReferences = OrNull(value.Metadata.OwnerReferences) }, new V1ObjectMeta { OwnerReferences = OrNull(old.Metadata.OwnerReferences) }))
        {
            throw request.Forbid($"node {quoted} is not allowed to modify ownerReferences");
        }
        var forbidden = ForbiddenChanges(value.Metadata.Labels, old.Metadata.Labels);
        if (forbidden.Length > 0) throw request.Forbid($"is not allowed to modify labels: {forbidden}");
    }

    /// <summary>The keys, in order, of labels that differ and are not the agent's to set.</summary>
    private static string ForbiddenChanges(IDictionary<string, string>? now, IDictionary<string, string>? before)
    {
        var keys = (now?.Keys ?? []).Union(before?.Keys ?? []).Where(key => ValueOf(now, key) != ValueOf(before, key) && IsForbidden(key));
        return string.Join(", ", keys.Order(StringComparer.Ordinal));
    }

    private static string? ValueOf(IDictionary<string, string>? labels, string key) => labels is not null && labels.TryGetValue(key, out var value) ? value : null;

    private static bool IsForbidden(string key)
    {
        var domain = key.IndexOf('/') is >= 0 and var slash ? key[..slash] : "";
        if (IsIn(domain, Restricted)) return true;
        if (!IsIn(domain, "kubernetes.io") && !IsIn(domain, "k8s.io")) return false;
        return !AgentLabels.Contains(key) && !IsIn(domain, "kubelet.kubernetes.io") && !IsIn(domain, "node.kubernetes.io");
    }

    private static bool IsIn(string domain, string parent) =>
        domain.EndsWith(parent, StringComparison.Ordinal) && (domain.Length == parent.Length || domain[^(parent.Length + 1)] == '.');

    private static bool Same(V1NodeSpec a, V1NodeSpec b) => Semantic.Equal(a, b);

    private static IList<T>? OrNull<T>(IList<T>? list) => list is { Count: > 0 } ? list : null;
}
