using Coxswain.Api;
using k8s.Models;
using static Coxswain.Controllers.DeploymentMath;

namespace Coxswain.Controllers;

/// <summary>Sets the size of a Deployment's ReplicaSets and tells of it.</summary>
internal sealed class ReplicaSetScaler(ControllerContext context)
{
    /// <returns>The ReplicaSet as it is now.</returns>
    public async Task<V1ReplicaSet> ScaleAsync(V1Deployment deployment, V1ReplicaSet set, int size, CancellationToken ct)
    {
        var (desired, max) = (Replicas(deployment), Replicas(deployment) + MaxSurge(deployment));
        var before = Replicas(set);
        if (before == size && DeploymentAnnotations.DesiredOf(set) == desired && DeploymentAnnotations.MaxOf(set) == max) return set;

        var changed = Kinds.ReplicaSets.Clone(set);
        changed.Metadata.Annotations ??= new Dictionary<string, string>();
        DeploymentAnnotations.SetSize(changed.Metadata.Annotations, desired, max);
        changed.Spec.Replicas = size;
        var scaled = await context.Client.UpdateAsync(Kinds.ReplicaSets, changed, null, ct);
        if (before != size)
        {
            context.Events.Normal(Kinds.Deployments, deployment, "ScalingReplicaSet", $"Scaled {(size > before ? "up" : "down")} replica set {set.Metadata.Name} from {before} to {size}");
        }
        return scaled;
    }

    /// <summary>Scales, but only if the size itself differs.</summary>
    /// <returns>Whether it did.</returns>
    public async Task<bool> ResizeAsync(V1Deployment deployment, V1ReplicaSet set, int size, CancellationToken ct)
    {
        if (Replicas(set) == size) return false;
        await ScaleAsync(deployment, set, size, ct);
        return true;
    }
}
