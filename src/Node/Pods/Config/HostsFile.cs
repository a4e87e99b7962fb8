using System.Text;
using k8s.Models;

namespace Coxswain.Node.Pods.Config;

/// <summary>The <c>/etc/hosts</c> that every container of a Pod sees.</summary>
internal static class HostsFile
{
    /// <param name="nodeHosts">The node's own file: what Pods on its network see.</param>
    public static string Content(V1Pod pod, IReadOnlyList<string> ips, string hostname, string domain, string? nodeHosts)
    {
        var text = new StringBuilder();
        if (nodeHosts is not null)
        {
            text.Append("# Kubernetes-managed hosts file (host network).\n").Append(nodeHosts);
            if (nodeHosts.Length > 0 && nodeHosts[^1] != '\n') text.Append('\n');
        }
        else
        {
            text.Append("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
            text.Append("fe00::\tip6-localnet\nfe00::\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n");
            foreach (var ip in ips) text.Append(domain.Length > 0 ? $"{ip}\t{hostname}.{domain}\t{hostname}\n" : $"{ip}\t{hostname}\n");
        }
        if (pod.Spec.HostAliases is not { Count: > 0 } aliases) return text.ToString();
        text.Append("\n# Entries added by HostAliases.\n");
        foreach (var alias in aliases) text.Append($"{alias.Ip}\t{string.Join('\t', alias.Hostnames ?? [])}\n");
        return text.ToString();
    }

    /// <summary>The Pod's name inside, and the domain that goes with <c>subdomain</c>.</summary>
    public static (string Hostname, string Domain) HostnameOf(V1Pod pod, string clusterDomain)
    {
        if (pod.Spec.HostnameOverride is { Length: > 0 } full) return (full, "");
        var hostname = pod.Spec.Hostname is { Length: > 0 } named ? named : Truncate(pod.Metadata.Name);
        var domain = pod.Spec.Subdomain is { Length: > 0 } sub ? $"{sub}.{pod.Metadata.NamespaceProperty}.svc.{clusterDomain}" : "";
        return (hostname, domain);
    }

    /// <summary>The kernel takes 63 characters and no trailing dash or dot.</summary>
    private static string Truncate(string name) => name.Length <= 63 ? name : name[..63].TrimEnd('-', '.');
}
