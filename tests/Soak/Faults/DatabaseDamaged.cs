using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Faults;

/// <summary>A copy of the database, as a killed server left it, is damaged at a random place and started.</summary>
internal sealed class DatabaseDamaged : IFault
{
    public string Name => "database-damaged";

    public Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct) =>
        new DamagedCopies(cluster, random).TryAsync(StateFiles.Database, file => (int)new FileInfo(file).Length, ct);
}
