using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Node;

/// <summary>How one node agent is set up.</summary>
public sealed record NodeAgentOptions
{
    public required string NodeName { get; init; }
    /// <summary>Absolute; everything the agent keeps lies under it.</summary>
    public required string DataDirectory { get; init; }
    /// <summary>The node's addresses, the primary one first.</summary>
    public IReadOnlyList<string> NodeAddresses { get; init; } = ["127.0.0.1"];
    /// <summary>The cluster's DNS servers; empty: Pods use the node's own.</summary>
    public IReadOnlyList<string> ClusterDns { get; init; } = [];
    public string ClusterDomain { get; init; } = "cluster.local";
    /// <summary>The range of Pod addresses on this node; null to leave <c>spec.podCIDR</c> to others.</summary>
    public string? PodCidr { get; init; }
    /// <summary>The directory of static Pods; null for none.</summary>
    public string? StaticPodPath { get; init; }
    /// <summary>Where more static Pods are fetched every <see cref="ManifestUrlPeriod"/>; null for none.</summary>
    public Uri? ManifestUrl { get; init; }
    public TimeSpan ManifestUrlPeriod { get; init; } = TimeSpan.FromSeconds(20);
    /// <summary>All that the API server would find wrong with a new Pod: a static one is held to that before it starts. Null: only to what the node itself needs.</summary>
    public Func<V1Pod, IReadOnlyList<FieldError>>? ReviewPod { get; init; }
    public int MaxPods { get; init; } = 110;
    /// <summary>Beyond the standard ones.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    /// <summary>Taints to register with, <c>key=value:Effect</c> each.</summary>
    public IReadOnlyList<string> Taints { get; init; } = [];
    /// <summary>What the node offers, by resource name; null to measure this machine.</summary>
    public IReadOnlyDictionary<string, string>? Capacity { get; init; }
    /// <summary>Parent of all Pods' cgroups, <c>/coxswain-1a2b3c</c>; null to leave cgroups to the runtime.</summary>
    public string? CgroupRoot { get; init; }
    /// <summary>False on simulated nodes: no volume, hosts file or cgroup is made on this machine.</summary>
    public bool Materialize { get; init; } = true;
    /// <summary>The port shown in <c>status.daemonEndpoints</c>.</summary>
    public int KubeletPort { get; init; } = 10250;
    public string KubeletVersion { get; init; } = "v1.36.0";
    public TimeSpan LeasePeriod { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan StatusPeriod { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>The safety net beside events: how often everything is looked at anew.</summary>
    public TimeSpan ResyncPeriod { get; init; } = TimeSpan.FromMinutes(1);
}
