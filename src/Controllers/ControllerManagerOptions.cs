using System.Net;

namespace Coxswain.Controllers;

/// <summary>Settings of the controllers; the defaults are upstream's.</summary>
public sealed record ControllerManagerOptions
{
    /// <summary>The cluster's CA certificate in PEM, published in every namespace; null publishes none.</summary>
    public string? RootCa { get; init; }

    /// <summary>How long a node may be silent before it counts as lost.</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>IPv4 addresses of all Pods, shared out among the nodes; null leaves nodes without a <c>podCIDR</c>.</summary>
    public IPNetwork? ClusterCidr { get; init; }

    /// <summary>Prefix length of a node's share of <see cref="ClusterCidr"/>.</summary>
    public int NodeCidrMaskSize { get; init; } = 24;

    /// <summary>Finished Pods kept before the oldest are deleted.</summary>
    public int TerminatedPodThreshold { get; init; } = 12500;
}
