using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Faults;

/// <summary>A copy of the database whose write-ahead log is damaged: a bit, a page, a cut, or all of it gone.</summary>
internal sealed class LogDamaged : IFault
{
    public string Name => "log-damaged";

    public Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct) =>
        new DamagedCopies(cluster, random).TryAsync(StateFiles.Log, file => WriteAheadLog.EndOf(file), ct);
}
