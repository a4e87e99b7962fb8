using Coxswain.Soak.Load;

namespace Coxswain.Soak.Faults;

/// <summary>
/// Not a fault of the server's: deletes an object behind its writer's back. A soak that does not find that finds nothing.
/// </summary>
internal sealed class WriteLost : IFault
{
    public string Name => "write-lost";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        using var held = await cluster.Gate.HoldAsync(ct);
        var name = cluster.Ledger.Names.First(n => n != Marker.Name && cluster.Ledger[n].Exists);
        await cluster.MustAsync(HttpMethod.Delete, $"{SoakCluster.ConfigMaps}/{name}", null, ct);
        return new Hit(name);
    }
}
