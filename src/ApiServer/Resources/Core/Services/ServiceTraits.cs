using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Services;

/// <summary>What follows from a Service's type: which of its fields mean something.</summary>
internal static class ServiceTraits
{
    public const string None = "None";

    public static bool IsHeadless(V1ServiceSpec spec) => spec.ClusterIPs is [None];

    public static bool NeedsClusterIP(V1ServiceSpec spec) => spec.Type is "ClusterIP" or "NodePort" or "LoadBalancer";

    public static bool NeedsNodePort(V1ServiceSpec spec) => spec.Type == "NodePort" || (spec.Type == "LoadBalancer" && spec.AllocateLoadBalancerNodePorts != false);

    /// <summary>A port on each node that tells a load balancer whether the node has a Pod of the Service.</summary>
    public static bool NeedsHealthCheck(V1ServiceSpec spec) => spec.Type == "LoadBalancer" && spec.ExternalTrafficPolicy == "Local";

    public static bool IsExternallyAccessible(V1ServiceSpec spec) =>
        spec.Type is "LoadBalancer" or "NodePort" || (spec.Type == "ClusterIP" && spec.ExternalIPs is { Count: > 0 });
}
