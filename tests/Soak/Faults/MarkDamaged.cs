using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Faults;

/// <summary>
/// A copy of the database whose mark of how far the log had got is damaged. The log itself is whole: nothing may be lost.
/// </summary>
internal sealed class MarkDamaged : IFault
{
    public string Name => "mark-damaged";

    public Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct) =>
        new DamagedCopies(cluster, random).TryAsync(StateFiles.Mark, file => File.Exists(file) ? (int)new FileInfo(file).Length : 0, ct);
}
