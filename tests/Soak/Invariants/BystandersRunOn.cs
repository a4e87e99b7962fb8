namespace Coxswain.Soak.Invariants;

/// <summary>Pods that a fault did not hit have the container, the restart count and the address they had.</summary>
internal static class BystandersRunOn
{
    public static async Task CheckAsync(SoakCluster cluster, Hit hit, CancellationToken ct)
    {
        var now = await cluster.Workload.ListAsync(ct);
        foreach (var disturbed in cluster.Workload.Disturbed(now, hit)) cluster.Findings.Add(Invariant.Bystanders, disturbed);
        cluster.Workload.Expect(now); // told once
    }
}
