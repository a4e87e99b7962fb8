using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods.Config;

/// <summary>What a Pod's <c>/etc/resolv.conf</c> says, by its dnsPolicy and dnsConfig.</summary>
internal static class DnsSettings
{
    // What the C library's resolver takes in, and what the API allows.
    private const int MaxServers = 3, MaxSearches = 32, MaxSearchLine = 2048, MaxSearch = 253;

    /// <param name="clusterDns">Empty: the cluster has no DNS, and ClusterFirst falls back to the node's.</param>
    public static DnsConfig Of(V1Pod pod, IReadOnlyList<string> clusterDns, string clusterDomain, DnsConfig node)
    {
        var config = pod.Spec.DnsPolicy == "None" ? new DnsConfig([], [], [])
            : WantsCluster(pod) && clusterDns.Count > 0 ? Cluster(pod, clusterDns, clusterDomain, node)
            : node;
        return pod.Spec.DnsConfig is { } extra ? Merge(config, extra) : config;
    }

    /// <summary>Whether the Pod asks for the cluster's DNS, be there one or not.</summary>
    public static bool WantsCluster(V1Pod pod) => (pod.Spec.DnsPolicy ?? "ClusterFirst") switch
    {
        "ClusterFirstWithHostNet" => true,
        "ClusterFirst" => !pod.HostNetwork(),
        _ => false,
    };

    private static DnsConfig Cluster(V1Pod pod, IReadOnlyList<string> servers, string domain, DnsConfig node) => new(
        servers,
        [.. new[] { $"{pod.Metadata.NamespaceProperty}.svc.{domain}", $"svc.{domain}", domain }.Concat(node.Searches).Distinct()],
        ["ndots:5"]);

    private static DnsConfig Merge(DnsConfig config, V1PodDNSConfig extra)
    {
        var options = config.Options.ToDictionary(o => o.Split(':')[0]);
        foreach (var option in extra.Options ?? [])
            options[option.Name] = option.Value is { Length: > 0 } value ? $"{option.Name}:{value}" : option.Name;
        return new DnsConfig(
            [.. config.Servers.Concat(extra.Nameservers ?? []).Distinct()],
            [.. config.Searches.Concat(extra.Searches ?? []).Distinct()],
            [.. options.Values]);
    }

    /// <summary>Leaves out what goes beyond the limits, and says so.</summary>
    public static DnsConfig Fit(DnsConfig config, Action<string> omitted)
    {
        List<string> servers = [.. config.Servers.Take(MaxServers)], searches = [.. config.Searches.Where(s => s.Length <= MaxSearch).Take(MaxSearches)];
        while (string.Join(' ', searches).Length > MaxSearchLine) searches.RemoveAt(searches.Count - 1);
        if (servers.Count < config.Servers.Count)
            omitted($"Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: {string.Join(' ', servers)}");
        if (searches.Count < config.Searches.Count)
            omitted($"Search Line limits were exceeded, some search paths have been omitted, the applied search line is: {string.Join(' ', searches)}");
        return new DnsConfig(servers, searches, config.Options);
    }

    /// <summary>Reads a resolv.conf.</summary>
    public static DnsConfig Parse(string text)
    {
        List<string> servers = [], searches = [], options = [];
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length < 2) continue;
            switch (words[0])
            {
                case "nameserver": servers.Add(words[1]); break;
                case "search": searches = [.. words[1..].Where(w => w != ".")]; break;
                case "options": options = [.. words[1..]]; break;
            }
        }
        return new DnsConfig(servers, searches, options);
    }
}
