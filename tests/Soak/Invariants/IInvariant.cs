namespace Coxswain.Soak.Invariants;

/// <summary>Something that must hold after each round, once the cluster is well again. What does not goes to the findings.</summary>
internal interface IInvariant
{
    Task CheckAsync(SoakCluster cluster, CancellationToken ct);
}
