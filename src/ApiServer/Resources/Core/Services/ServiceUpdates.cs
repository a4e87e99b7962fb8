using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Services;

/// <summary>
/// What an update means where it says nothing: a client that sends back its own manifest has not seen the addresses and ports the server gave, and one that
/// changes the type has not thought of the fields that go with the old one.
/// </summary>
internal static class ServiceUpdates
{
    /// <summary>Carries over what the server had given.</summary>
    public static void KeepAllocated(V1ServiceSpec spec, V1ServiceSpec old)
    {
        if (ServiceTraits.NeedsClusterIP(old) && ServiceTraits.NeedsClusterIP(spec))
        {
            if (string.IsNullOrEmpty(spec.ClusterIP)) spec.ClusterIP = old.ClusterIP;
            if (spec.ClusterIPs is not { Count: > 0 } && spec.ClusterIP == old.ClusterIP) spec.ClusterIPs = old.ClusterIPs;
        }
        if (ServiceTraits.NeedsNodePort(old) && ServiceTraits.NeedsNodePort(spec)) KeepNodePorts(spec.Ports ?? [], old.Ports ?? []);
        if (ServiceTraits.NeedsHealthCheck(old) && ServiceTraits.NeedsHealthCheck(spec) && spec.HealthCheckNodePort is null or 0) spec.HealthCheckNodePort = old.HealthCheckNodePort;
    }

    /// <summary>A port is the same one when it has the same name, unless its node port has gone to another.</summary>
    private static void KeepNodePorts(IList<V1ServicePort> ports, IList<V1ServicePort> old)
    {
        var taken = ports.Select(p => p.NodePort ?? 0).Where(p => p != 0).ToHashSet();
        foreach (var port in ports)
        {
            if (port.NodePort is not (null or 0)) continue;
            var before = old.LastOrDefault(p => (p.Name ?? "") == (port.Name ?? ""))?.NodePort ?? 0;
            if (before != 0 && taken.Add(before)) port.NodePort = before;
        }
    }

    /// <summary>The single address and the list say the same thing; whichever the client changed wins.</summary>
    public static void SynchronizeClusterIPs(V1ServiceSpec spec, V1ServiceSpec? old)
    {
        if (old is null)
        {
            if (!string.IsNullOrEmpty(spec.ClusterIP) && spec.ClusterIPs is not { Count: > 0 }) spec.ClusterIPs = [spec.ClusterIP];
            return;
        }
        var changed = (spec.ClusterIP ?? "") != (old.ClusterIP ?? "");
        if (!changed || !Semantic.Equal(spec.ClusterIPs, old.ClusterIPs)) return;
        spec.ClusterIPs = string.IsNullOrEmpty(spec.ClusterIP) ? null : [spec.ClusterIP];
    }

    /// <summary>Drops fields that the new type has no use for, unless this very update set them: then validation says so.</summary>
    public static void DropOfOldType(V1ServiceSpec spec, V1ServiceSpec old)
    {
        if (ServiceTraits.NeedsClusterIP(old) && !ServiceTraits.NeedsClusterIP(spec) && Semantic.Equal(spec.ClusterIPs, old.ClusterIPs))
        {
            (spec.ClusterIP, spec.ClusterIPs) = (null, null);
            if (Semantic.Equal(spec.IpFamilies, old.IpFamilies)) spec.IpFamilies = null;
            if (spec.IpFamilyPolicy == old.IpFamilyPolicy) spec.IpFamilyPolicy = null;
        }
        if (ServiceTraits.NeedsNodePort(old) && !ServiceTraits.NeedsNodePort(spec) && SameNodePorts(spec, old))
            foreach (var port in spec.Ports ?? []) port.NodePort = null;
        if (ServiceTraits.NeedsHealthCheck(old) && !ServiceTraits.NeedsHealthCheck(spec) && spec.HealthCheckNodePort == old.HealthCheckNodePort) spec.HealthCheckNodePort = null;
        if (old.Type == "LoadBalancer" && spec.Type != "LoadBalancer")
        {
            if (spec.AllocateLoadBalancerNodePorts == old.AllocateLoadBalancerNodePorts) spec.AllocateLoadBalancerNodePorts = null;
            if (spec.LoadBalancerClass == old.LoadBalancerClass) spec.LoadBalancerClass = null;
        }
        if (ServiceTraits.IsExternallyAccessible(old) && !ServiceTraits.IsExternallyAccessible(spec) && spec.ExternalTrafficPolicy == old.ExternalTrafficPolicy) spec.ExternalTrafficPolicy = null;
    }

    private static bool SameNodePorts(V1ServiceSpec a, V1ServiceSpec b)
    {
        static HashSet<int> Of(V1ServiceSpec spec) => [.. (spec.Ports ?? []).Select(p => p.NodePort ?? 0).Where(p => p != 0)];
        return Of(a).SetEquals(Of(b));
    }
}
