using System.Net;

namespace Coxswain.ApiServer.Auth;

/// <summary>Whom the cluster's certificates are made for.</summary>
public sealed record PkiOptions
{
    /// <summary>Where certificates and keys lie; made when missing, mode 0700.</summary>
    public required string Directory { get; init; }
    public required string NodeName { get; init; }
    /// <summary>Besides loopback, what clients will dial; with <see cref="IPAddress.Any"/>, give the machine's addresses in <see cref="ExtraAddresses"/>.</summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.Loopback;
    public IReadOnlyList<IPAddress> ExtraAddresses { get; init; } = [];
    /// <summary>The address of Service <c>kubernetes</c>: the first of the service network.</summary>
    public IPAddress? ServiceAddress { get; init; }
    /// <summary>The cluster has objects already: keys that are missing now have been lost.</summary>
    public bool ClusterExists { get; init; }
    public string ClusterDomain { get; init; } = "cluster.local";
}
