namespace Coxswain.Api;

/// <summary>Who may set which labels of a Node: some steer workloads, and a node must not draw these to itself.</summary>
public static class NodeLabels
{
    /// <summary>Labels of Kubernetes that an agent may set on its own Node (upstream's <c>k8s.io/kubelet/pkg/apis</c>).</summary>
    private static readonly HashSet<string> OfAgent =
    [
        "beta.kubernetes.io/arch", "beta.kubernetes.io/instance-type", "beta.kubernetes.io/os",
        "failure-domain.beta.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone",
        "kubernetes.io/arch", "kubernetes.io/hostname", "kubernetes.io/os",
        "node.kubernetes.io/instance-type", "topology.kubernetes.io/region", "topology.kubernetes.io/zone",
    ];

    /// <summary>
    /// Whether a node's agent may set this label on its own Node. Labels outside of <c>kubernetes.io</c> and <c>k8s.io</c> are free; within, only those
    /// above and those under <c>kubelet.kubernetes.io</c> and <c>node.kubernetes.io</c>.
    /// </summary>
    public static bool MayAgentSet(string key)
    {
        var domain = key.IndexOf('/') is >= 0 and var slash ? key[..slash] : "";
        if (IsIn(domain, "node-restriction.kubernetes.io")) return false;
        if (!IsIn(domain, "kubernetes.io") && !IsIn(domain, "k8s.io")) return true;
        return OfAgent.Contains(key) || IsIn(domain, "kubelet.kubernetes.io") || IsIn(domain, "node.kubernetes.io");
    }

    private static bool IsIn(string domain, string parent) =>
        domain.EndsWith(parent, StringComparison.Ordinal) && (domain.Length == parent.Length || domain[^(parent.Length + 1)] == '.');
}
