using System.Net;

namespace Coxswain.Cluster;

/// <summary>How one control plane is set up.</summary>
public sealed record ControlPlaneOptions
{
    /// <summary>Port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);
    /// <summary>Where the CA, certificates and the token key are kept; made when absent.</summary>
    public required string PkiDirectory { get; init; }
    /// <summary>The node that the node certificate is for.</summary>
    public string NodeName { get; init; } = "node-1";
    /// <summary>Where Pods reach the API server: the endpoint of the <c>kubernetes</c> Service.</summary>
    public IPAddress AdvertiseAddress { get; init; } = IPAddress.Loopback;
    public IPNetwork PodCidr { get; init; } = IPNetwork.Parse("10.42.0.0/16");
    public IPNetwork ServiceCidr { get; init; } = IPNetwork.Parse("10.43.0.0/16");
    public string ClusterDomain { get; init; } = "cluster.local";
    /// <summary>How long an Event is kept after it was last written.</summary>
    public TimeSpan EventTtl { get; init; } = TimeSpan.FromHours(24);
    /// <summary>How long a node may be silent before it counts as lost.</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(50);
    /// <summary>How long the API server gives a request, and how many it works on at once; see the flags of the same names.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);
    public int MaxRequestsInFlight { get; init; } = 400;
    public int MaxMutatingRequestsInFlight { get; init; } = 200;
    /// <summary>For tests: an object that somebody changed although it is shared is named by the next request that meets it.</summary>
    public bool DetectMutation { get; init; }
}
