namespace Coxswain.Api;

/// <summary>The namespaces that every cluster has.</summary>
public static class SystemNamespaces
{
    public const string Default = "default";
    public const string System = "kube-system";
    /// <summary>Readable by everybody.</summary>
    public const string Public = "kube-public";
    /// <summary>One Lease a node, which it renews while it lives.</summary>
    public const string NodeLeases = "kube-node-lease";
}
