using Coxswain.Api;
using Coxswain.Client;

namespace Coxswain.Cluster;

/// <summary>What every cluster has from the start.</summary>
internal static class Bootstrap
{
    private static readonly string[] Namespaces = [SystemNamespaces.Default, SystemNamespaces.System, SystemNamespaces.Public, SystemNamespaces.NodeLeases];

    /// <summary>Makes what is missing; what is there stays as it is.</summary>
    public static async Task EnsureAsync(IApiClient client, CancellationToken ct)
    {
        foreach (var name in Namespaces)
        {
            try
            {
                await client.CreateAsync(Kinds.Namespaces, Kinds.Namespaces.New(null, name), ct);
            }
            catch (StatusException e) when (e.Reason == "AlreadyExists") { }
        }
    }
}
