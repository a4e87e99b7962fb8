using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>A Deployment's conditions as values: every change makes a new list, so that old and new can be compared.</summary>
internal static class DeploymentConditions
{
    public const string Progressing = "Progressing";
    public const string Available = "Available";
    public const string ReplicaFailure = "ReplicaFailure";

    // Reasons of Progressing; kubectl rollout status looks for some of them.
    public const string ReplicaSetUpdated = "ReplicaSetUpdated";
    public const string ReplicaSetCreateError = "ReplicaSetCreateError";
    public const string NewReplicaSetCreated = "NewReplicaSetCreated";
    public const string FoundNewReplicaSet = "FoundNewReplicaSet";
    public const string NewReplicaSetAvailable = "NewReplicaSetAvailable";
    public const string TimedOut = "ProgressDeadlineExceeded";
    public const string Paused = "DeploymentPaused";
    public const string Resumed = "DeploymentResumed";

    public static V1DeploymentCondition New(string type, string status, string reason, string message, DateTime now) =>
        new() { Type = type, Status = status, Reason = reason, Message = message, LastUpdateTime = now, LastTransitionTime = now };

    public static V1DeploymentCondition? Get(IEnumerable<V1DeploymentCondition>? conditions, string type) => conditions?.FirstOrDefault(condition => condition.Type == type);

    /// <summary>Replaces the condition of its type, unless status and reason stay; the transition time stays with the status.</summary>
    public static List<V1DeploymentCondition> Set(IEnumerable<V1DeploymentCondition>? conditions, V1DeploymentCondition condition)
    {
        var all = conditions?.ToList() ?? [];
        var known = Get(all, condition.Type);
        if (known is not null && known.Status == condition.Status && known.Reason == condition.Reason) return all;
        if (known?.Status == condition.Status) condition = condition with { LastTransitionTime = known!.LastTransitionTime };
        all.RemoveAll(other => other.Type == condition.Type);
        all.Add(condition);
        return all;
    }

    public static List<V1DeploymentCondition> Remove(IEnumerable<V1DeploymentCondition>? conditions, string type) =>
        [.. (conditions ?? []).Where(condition => condition.Type != type)];
}
