using k8s.Models;
using static Coxswain.Controllers.DeploymentMath;

namespace Coxswain.Controllers;

/// <summary>Computes a Deployment's status from its ReplicaSets.</summary>
internal static class DeploymentStatus
{
    /// <summary>The counters and the Available condition; other conditions are carried over.</summary>
    public static V1DeploymentStatus Counters(V1Deployment deployment, IReadOnlyCollection<V1ReplicaSet> all, V1ReplicaSet? newest, DateTime now)
    {
        var available = all.Sum(Available);
        var terminating = all.All(set => set.Status?.TerminatingReplicas is not null) ? all.Sum(set => set.Status.TerminatingReplicas!.Value) : (int?)null;
        return new V1DeploymentStatus
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = Numbers.OrNull(all.Sum(set => set.Status?.Replicas ?? 0)),
            UpdatedReplicas = Numbers.OrNull(newest?.Status?.Replicas ?? 0),
            ReadyReplicas = Numbers.OrNull(all.Sum(set => set.Status?.ReadyReplicas ?? 0)),
            AvailableReplicas = Numbers.OrNull(available),
            UnavailableReplicas = Numbers.OrNull(Math.Max(0, all.Sum(Replicas) - available)),
            TerminatingReplicas = terminating,
            CollisionCount = deployment.Status?.CollisionCount,
            Conditions = DeploymentConditions.Set(deployment.Status?.Conditions, available >= Replicas(deployment) - MaxUnavailable(deployment)
                ? DeploymentConditions.New(DeploymentConditions.Available, "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", now)
                : DeploymentConditions.New(DeploymentConditions.Available, "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", now)),
        };
    }

    /// <summary>As <see cref="Counters"/>, and how the rollout goes.</summary>
    public static V1DeploymentStatus WithProgress(V1Deployment deployment, IReadOnlyCollection<V1ReplicaSet> all, V1ReplicaSet? newest, DateTime now, ProgressTimes times)
    {
        var status = Counters(deployment, all, newest, now);
        var present = DeploymentConditions.Get(deployment.Status?.Conditions, DeploymentConditions.Progressing);
        var finished = (status.Replicas ?? 0) == (status.UpdatedReplicas ?? 0) && present?.Reason == DeploymentConditions.NewReplicaSetAvailable;
        if (!HasDeadline(deployment)) status.Conditions = DeploymentConditions.Remove(status.Conditions, DeploymentConditions.Progressing);
        else if (!finished) SetProgress(deployment, status, present, newest, now, times);

        var failure = all.Where(set => newest is null || set.Metadata.Uid == newest.Metadata.Uid).Concat(all)
            .SelectMany(set => set.Status?.Conditions ?? []).FirstOrDefault(condition => condition.Type == DeploymentConditions.ReplicaFailure);
        status.Conditions = failure is null
            ? DeploymentConditions.Remove(status.Conditions, DeploymentConditions.ReplicaFailure)
            : DeploymentConditions.Set(status.Conditions, DeploymentConditions.New(failure.Type, failure.Status, failure.Reason, failure.Message, now));
        return status;
    }

    public static bool HasDeadline(V1Deployment deployment) => deployment.Spec.ProgressDeadlineSeconds is { } seconds && seconds != int.MaxValue;

    public static bool IsComplete(V1Deployment deployment, V1DeploymentStatus? status)
    {
        var replicas = Replicas(deployment);
        return (status?.UpdatedReplicas ?? 0) == replicas && (status?.Replicas ?? 0) == replicas && (status?.AvailableReplicas ?? 0) == replicas
            && (status?.ObservedGeneration ?? 0) >= (deployment.Metadata.Generation ?? 0);
    }

    /// <summary>How long until the rollout counts as stuck, should nothing move; null when it cannot become so.</summary>
    public static TimeSpan? UntilDeadline(V1Deployment deployment, V1DeploymentStatus status, ProgressTimes times)
    {
        if (!HasDeadline(deployment) || IsComplete(deployment, status)) return null;
        if (DeploymentConditions.Get(status.Conditions, DeploymentConditions.Progressing) is not { LastUpdateTime: not null } progress) return null;
        if (progress.Reason is DeploymentConditions.TimedOut or DeploymentConditions.NewReplicaSetAvailable) return null;
        var wait = times.Left(deployment, progress);
        return (wait > TimeSpan.Zero ? wait : TimeSpan.Zero) + TimeSpan.FromSeconds(1); // times are whole seconds: look when it is surely over
    }

    private static void SetProgress(V1Deployment deployment, V1DeploymentStatus status, V1DeploymentCondition? present, V1ReplicaSet? newest, DateTime now, ProgressTimes times)
    {
        var who = newest is null ? $"Deployment \"{deployment.Metadata.Name}\"" : $"ReplicaSet \"{newest.Metadata.Name}\"";
        if (IsComplete(deployment, status))
        {
            Set("True", DeploymentConditions.NewReplicaSetAvailable, $"{who} has successfully progressed.");
        }
        else if (HasMoved(deployment.Status, status))
        {
            // Removed first, so that the update time moves on with each step and puts the deadline off.
            status.Conditions = DeploymentConditions.Remove(status.Conditions, DeploymentConditions.Progressing);
            Set("True", DeploymentConditions.ReplicaSetUpdated, $"{who} is progressing.");
            if (present is { Status: "True" }) status.Conditions[^1] = status.Conditions[^1] with { LastTransitionTime = present.LastTransitionTime };
        }
        else if (IsTimedOut(deployment, present, times))
        {
            Set("False", DeploymentConditions.TimedOut, $"{who} has timed out progressing.");
        }

        void Set(string value, string reason, string message) =>
            status.Conditions = DeploymentConditions.Set(status.Conditions, DeploymentConditions.New(DeploymentConditions.Progressing, value, reason, message, now));
    }

    private static bool HasMoved(V1DeploymentStatus? old, V1DeploymentStatus status) =>
        (status.UpdatedReplicas ?? 0) > (old?.UpdatedReplicas ?? 0)
        || (status.Replicas ?? 0) - (status.UpdatedReplicas ?? 0) < (old?.Replicas ?? 0) - (old?.UpdatedReplicas ?? 0)
        || (status.ReadyReplicas ?? 0) > (old?.ReadyReplicas ?? 0)
        || (status.AvailableReplicas ?? 0) > (old?.AvailableReplicas ?? 0);

    private static bool IsTimedOut(V1Deployment deployment, V1DeploymentCondition? progress, ProgressTimes times) => progress?.Reason switch
    {
        null or DeploymentConditions.NewReplicaSetAvailable => false,
        DeploymentConditions.TimedOut => true,
        _ => progress.LastUpdateTime is not null && times.Left(deployment, progress) < TimeSpan.Zero,
    };
}
