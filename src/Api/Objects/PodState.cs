using k8s.Models;

namespace Coxswain.Api;

/// <summary>What a Pod's status says, as controllers ask it.</summary>
public static class PodState
{
    public static V1PodCondition? Condition(V1Pod pod, string type)
    {
        if (pod.Status?.Conditions is not { Count: > 0 } conditions) return null;
        foreach (var condition in conditions) if (condition.Type == type) return condition;
        return null;
    }

    public static bool IsReady(V1Pod pod) => Condition(pod, "Ready")?.Status == "True";

    /// <summary>Succeeded or Failed: its containers will not run again.</summary>
    public static bool IsTerminal(V1Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    public static bool IsTerminating(V1Pod pod) => pod.Metadata.DeletionTimestamp is not null;

    /// <summary>Neither finished nor being deleted: counts as one of a controller's replicas.</summary>
    public static bool IsActive(V1Pod pod) => !IsTerminal(pod) && !IsTerminating(pod);

    public static bool IsScheduled(V1Pod pod) => !string.IsNullOrEmpty(pod.Spec?.NodeName);

    /// <summary>The restarts of the container that restarted most.</summary>
    public static int MaxRestarts(V1Pod pod)
    {
        var max = 0;
        foreach (var status in pod.Status?.ContainerStatuses ?? []) max = Math.Max(max, status.RestartCount);
        return max;
    }
}
