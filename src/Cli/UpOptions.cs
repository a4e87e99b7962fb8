using System.Net;

namespace Coxswain.Cli;

/// <summary>What <c>cox up</c> was asked for, checked.</summary>
public sealed record UpOptions
{
    /// <summary>Absolute. Everything the process keeps lies under it.</summary>
    public required string DataDirectory { get; init; }
    public required IPEndPoint Listen { get; init; }
    /// <summary>The host's name unless given; a DNS subdomain.</summary>
    public required string NodeName { get; init; }
    /// <summary>Watched for static Pods; <c>static-pods</c> under the data directory unless given.</summary>
    public required string PodManifestPath { get; init; }
    public Uri? ManifestUrl { get; init; }
    public IPAddress? ClusterDns { get; init; }
    public string ClusterDomain { get; init; } = "cluster.local";
    /// <summary>Null: 10.42.0.0/16, or the next such range that nothing on this machine uses.</summary>
    public IPNetwork? PodCidr { get; init; }
    /// <summary>Null: 10.43.0.0/16, or the one that goes with the Pods' range.</summary>
    public IPNetwork? ServiceCidr { get; init; }
    /// <summary>Path of the Unix socket of a containerd to use; null starts one of our own.</summary>
    public string? ContainerRuntimeSocket { get; init; }
    public StoreKind Store { get; init; } = StoreKind.Sqlite;
    /// <summary>A damaged store is not refused: what can be read of it is taken over, what was lost is said.</summary>
    public bool AcceptDataLoss { get; init; }
    public TimeSpan EventTtl { get; init; } = TimeSpan.FromHours(24);
    /// <summary>So many reading requests are worked on at once; 0 for any number.</summary>
    public int MaxRequestsInFlight { get; init; } = 400;
    /// <summary>So many writing requests are worked on at once; 0 for any number.</summary>
    public int MaxMutatingRequestsInFlight { get; init; } = 200;
    /// <summary>A request that is not answered after so long ends with 504; watches, logs and commands apart.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>Log what every part does, not only what goes wrong.</summary>
    public bool Verbose { get; init; }
}

public enum StoreKind { Sqlite, Memory }
