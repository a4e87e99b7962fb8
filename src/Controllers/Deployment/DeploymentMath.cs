using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>How many Pods a Deployment may have, must have, and moves at once.</summary>
internal static class DeploymentMath
{
    public static bool IsRollingUpdate(V1Deployment deployment) => deployment.Spec.Strategy?.Type != "Recreate";

    public static int Replicas(V1Deployment deployment) => deployment.Spec.Replicas ?? 1;

    public static int Replicas(V1ReplicaSet replicaSet) => replicaSet.Spec.Replicas ?? 1;

    public static int Available(V1ReplicaSet replicaSet) => replicaSet.Status?.AvailableReplicas ?? 0;

    /// <summary>Pods above the wanted number that may exist during a rollout; a percentage rounds up.</summary>
    public static int MaxSurge(V1Deployment deployment) =>
        IsRollingUpdate(deployment) ? Numbers.Resolve(deployment.Spec.Strategy?.RollingUpdate?.MaxSurge, Replicas(deployment), roundUp: true) : 0;

    /// <summary>Pods of the wanted number that may be missing during a rollout; a percentage rounds down, but with no surge at least one, or nothing would ever move.</summary>
    public static int MaxUnavailable(V1Deployment deployment)
    {
        var replicas = Replicas(deployment);
        if (!IsRollingUpdate(deployment) || replicas == 0) return 0;
        var missing = Numbers.Resolve(deployment.Spec.Strategy?.RollingUpdate?.MaxUnavailable, replicas, roundUp: false);
        if (missing == 0 && MaxSurge(deployment) == 0) missing = 1;
        return Math.Min(missing, replicas);
    }

    /// <summary>The size that the newest ReplicaSet may grow to right now.</summary>
    public static int NewestSize(V1Deployment deployment, IReadOnlyCollection<V1ReplicaSet> all, int newestSize)
    {
        var replicas = Replicas(deployment);
        if (!IsRollingUpdate(deployment)) return replicas;
        var room = replicas + MaxSurge(deployment) - all.Sum(Replicas);
        return room <= 0 ? newestSize : newestSize + Math.Min(room, replicas - newestSize);
    }

    /// <summary>
    /// Sizes after a change of <c>replicas</c> in mid-rollout: what is to be added or taken is shared among the ReplicaSets by their size, the biggest first, what rounding
    /// leaves over goes to the first.
    /// </summary>
    public static List<(V1ReplicaSet ReplicaSet, int Size)> Proportions(V1Deployment deployment, IEnumerable<V1ReplicaSet> active)
    {
        var replicas = Replicas(deployment);
        var sets = active.ToList();
        var toAdd = (replicas > 0 ? replicas + MaxSurge(deployment) : 0) - sets.Sum(Replicas);
        var bySize = sets.OrderByDescending(Replicas);
        sets = [.. toAdd > 0 ? bySize.ThenByDescending(CreatedAt) : bySize.ThenBy(CreatedAt)];

        var sizes = new List<(V1ReplicaSet ReplicaSet, int Size)>();
        var added = 0;
        foreach (var set in sets)
        {
            var share = Share(set, deployment, toAdd, added);
            added += share;
            sizes.Add((set, Replicas(set) + share));
        }
        if (sizes.Count > 0) sizes[0] = (sizes[0].ReplicaSet, Math.Max(0, sizes[0].Size + toAdd - added));
        return sizes;
    }

    private static int Share(V1ReplicaSet set, V1Deployment deployment, int toAdd, int added)
    {
        if (Replicas(set) == 0 || toAdd == 0 || toAdd == added) return 0;
        var fraction = Fraction(set, deployment);
        return toAdd > 0 ? Math.Min(fraction, toAdd - added) : Math.Max(fraction, toAdd - added);
    }

    private static int Fraction(V1ReplicaSet set, V1Deployment deployment)
    {
        var size = Replicas(set);
        if (Replicas(deployment) == 0) return -size;
        var before = DeploymentAnnotations.MaxOf(set) ?? deployment.Status?.Replicas ?? 0;
        if (before == 0) return 0; // never noted and never counted: leave it as it is
        var after = Replicas(deployment) + MaxSurge(deployment);
        return (int)Math.Round((double)size * after / before, MidpointRounding.AwayFromZero) - size;
    }

    public static (DateTime, string) CreatedAt(V1ReplicaSet set) => (set.Metadata.CreationTimestamp ?? DateTime.MinValue, set.Metadata.Name);
}
