using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.Cluster;

/// <summary>What every cluster has from the start.</summary>
internal static class Bootstrap
{
    private static readonly string[] Namespaces = [SystemNamespaces.Default, SystemNamespaces.System, SystemNamespaces.Public, SystemNamespaces.NodeLeases];

    /// <summary>Makes what is missing; what is there stays as it is.</summary>
    public static async Task EnsureAsync(IApiClient client, CancellationToken ct)
    {
        foreach (var name in Namespaces) await EnsureAsync(client, Kinds.Namespaces, Kinds.Namespaces.New(null, name), ct);
        // The controller makes it in every namespace, but whoever makes a Pod the moment the API answers needs it by then.
        await EnsureAsync(client, Kinds.ServiceAccounts, Kinds.ServiceAccounts.New(SystemNamespaces.Default, "default"), ct);
    }

    private static async Task EnsureAsync<T>(IApiClient client, ResourceType<T> type, T value, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        try
        {
            await client.CreateAsync(type, value, ct);
        }
        catch (StatusException e) when (e.Reason == "AlreadyExists") { }
    }
}
