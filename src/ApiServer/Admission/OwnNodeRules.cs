using Coxswain.Api;
using Coxswain.ApiServer.Resources;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>
/// What a node may write of Nodes: its own, but not its taints, owner references and configuration source, and only the agent's labels.
/// </summary>
internal static class OwnNodeRules
{
    public static void Check(AdmissionRequest request, string node)
    {
        if (request.GivenName != node) throw Refuse(request, node, $"modify node {GoText.Quote(request.GivenName)}");
        if (request.Operation == AdmissionOperation.Create) CheckNew(request, (V1Node)request.Object!, node);
        if (request.Operation == AdmissionOperation.Update) CheckChange(request, (V1Node)request.Object!, (V1Node)request.Old!, node);
    }

    private static void CheckNew(AdmissionRequest request, V1Node value, string node)
    {
        // "pods" is upstream's word.
        if (value.Spec?.ConfigSource is not null) throw Refuse(request, node, "create pods with a non-nil configSource");
        var forbidden = ForbiddenChanges(value.Metadata.Labels, null);
        if (forbidden.Length > 0) throw Refuse(request, node, $"set the following labels: {forbidden}");
    }

    private static void CheckChange(AdmissionRequest request, V1Node value, V1Node old, string node)
    {
        if (value.Spec?.ConfigSource is not null && !Semantic.Equal(ConfigSourceOf(value), ConfigSourceOf(old)))
        {
            throw Refuse(request, node, "update configSource to a new non-nil configSource");
        }
        if (!Semantic.Equal(TaintsOf(value), TaintsOf(old))) throw Refuse(request, node, "modify taints");
        if (!Semantic.Equal(OwnersOf(value), OwnersOf(old))) throw Refuse(request, node, "modify ownerReferences");
        var forbidden = ForbiddenChanges(value.Metadata.Labels, old.Metadata.Labels);
        if (forbidden.Length > 0) throw request.Forbid($"is not allowed to modify labels: {forbidden}");
    }

    /// <summary>The keys, in order, of labels that differ and that an agent may not set.</summary>
    private static string ForbiddenChanges(IDictionary<string, string>? now, IDictionary<string, string>? before)
    {
        var keys = (now?.Keys ?? []).Union(before?.Keys ?? []).Where(key => ValueOf(now, key) != ValueOf(before, key));
        return string.Join(", ", keys.Where(key => !NodeLabels.MayAgentSet(key)).Order(StringComparer.Ordinal));
    }

    private static string? ValueOf(IDictionary<string, string>? labels, string key) =>
        labels is not null && labels.TryGetValue(key, out var value) ? value : null;

    // Each part in an object of its own, which can be encoded and compared. An empty list counts as none.
    private static V1NodeSpec ConfigSourceOf(V1Node value) => new() { ConfigSource = value.Spec?.ConfigSource };
    private static V1NodeSpec TaintsOf(V1Node value) => new() { Taints = value.Spec?.Taints is { Count: > 0 } taints ? taints : null };
    private static V1ObjectMeta OwnersOf(V1Node value) =>
        new() { OwnerReferences = value.Metadata.OwnerReferences is { Count: > 0 } owners ? owners : null };

    private static StatusException Refuse(AdmissionRequest request, string node, string what) =>
        request.Forbid($"node {GoText.Quote(node)} is not allowed to {what}");
}
