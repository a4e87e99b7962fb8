using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Node.NodeStatus;

/// <summary>A Node as its agent registers it.</summary>
internal static class NodeTemplate
{
    public static V1Node Make(NodeAgentOptions options, MachineInfo machine)
    {
        var node = Kinds.Nodes.New(null, options.NodeName);
        node.Metadata.Labels = new Dictionary<string, string>(options.Labels)
        {
            ["beta.kubernetes.io/arch"] = machine.Architecture,
            ["beta.kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = machine.Architecture,
            ["kubernetes.io/hostname"] = options.NodeName,
            ["kubernetes.io/os"] = "linux",
        };
        node.Metadata.Annotations = new Dictionary<string, string> { ["node.alpha.kubernetes.io/ttl"] = "0", ["volumes.kubernetes.io/controller-managed-attach-detach"] = "true" };
        node.Spec = new V1NodeSpec
        {
            PodCIDR = options.PodCidr,
            PodCIDRs = options.PodCidr is null ? null : [options.PodCidr],
            Taints = options.Taints.Count == 0 ? null : [.. options.Taints.Select(Taint)],
        };
        return node;
    }

    /// <summary>Adds to a Node from before what the template has and it lacks.</summary>
    /// <returns>Whether anything was added.</returns>
    public static bool Complete(V1Node node, V1Node template)
    {
        var changed = false;
        node.Metadata.Labels ??= new Dictionary<string, string>();
        foreach (var (key, value) in template.Metadata.Labels)
        {
            if (node.Metadata.Labels.TryGetValue(key, out var current) && current == value) continue;
            node.Metadata.Labels[key] = value;
            changed = true;
        }
        node.Spec ??= new V1NodeSpec();
        if (node.Spec.PodCIDR is null or "" && template.Spec.PodCIDR is not null)
        {
            (node.Spec.PodCIDR, node.Spec.PodCIDRs) = (template.Spec.PodCIDR, template.Spec.PodCIDRs);
            changed = true;
        }
        return changed;
    }

    /// <summary><c>key=value:Effect</c> or <c>key:Effect</c>.</summary>
    private static V1Taint Taint(string text)
    {
        var colon = text.LastIndexOf(':');
        var pair = (colon < 0 ? text : text[..colon]).Split('=', 2);
        return new V1Taint { Key = pair[0], Value = pair.Length > 1 ? pair[1] : null, Effect = colon < 0 ? "NoSchedule" : text[(colon + 1)..] };
    }
}
