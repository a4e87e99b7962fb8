namespace Coxswain.Soak.Faults;

/// <summary>One thing that goes wrong. Faults keep nothing between rounds.</summary>
internal interface IFault
{
    /// <summary>As <c>--only</c> has it.</summary>
    string Name { get; }

    /// <summary>
    /// Does the damage, and undoes what would not end by itself; what is wrong with how the cluster takes it goes to its findings.
    /// </summary>
    /// <param name="random">The round's own: the same seed does the same.</param>
    Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct);

    /// <summary>Returns once all is as it was, the Pods that were hit restarted or ended as their restart policy says.</summary>
    /// <exception cref="SoakException">Not within its time.</exception>
    Task RecoverAsync(SoakCluster cluster, Hit hit, CancellationToken ct) => Recovery.WaitAsync(cluster, hit, ct);
}
