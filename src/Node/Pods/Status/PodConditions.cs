using k8s.Models;

namespace Coxswain.Node.Pods.Status;

/// <summary>The conditions that a node reports of a Pod, in the order upstream writes them; conditions of others are kept.</summary>
internal static class PodConditions
{
    private static readonly string[] Own = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

    public static List<V1PodCondition> Build(PodContext context, V1PodStatus status, IList<V1PodCondition>? old, DateTime now)
    {
        var pod = context.Pod;
        // Others write theirs into the API, which knows them before this agent's last status does.
        var others = pod.Status?.Conditions ?? old;
        var containers = ContainersReady(pod, status);
        V1PodCondition[] own =
        [
            New("PodReadyToStartContainers", context.View.ReadySandbox is { } s && (pod.HostNetwork() || s.Ips.Count > 0)),
            Initialized(pod, status),
            Ready(pod, containers, others),
            containers,
            New("PodScheduled", true),
        ];
        var all = own.Concat((others ?? []).Where(c => !Own.Contains(c.Type)).Select(Copy)).ToList();
        foreach (var condition in own)
        {
            condition.ObservedGeneration = pod.IsStatic() ? null : pod.Metadata.Generation;
            var before = old?.FirstOrDefault(c => c.Type == condition.Type);
            condition.LastTransitionTime = before?.Status == condition.Status && before.LastTransitionTime is { } since ? since : now;
        }
        return all;
    }

    private static V1PodCondition Initialized(V1Pod pod, V1PodStatus status)
    {
        if (status.Phase == "Succeeded") return New("Initialized", true, "PodCompleted");
        if (status.ContainerStatuses?.Any(c => c.State?.Running is not null || c.State?.Terminated is not null || c.LastState?.Terminated is not null) == true) return New("Initialized", true);
        var incomplete = pod.InitContainers().Where(c => !IsDone(c, status.InitContainerStatuses?.FirstOrDefault(s => s.Name == c.Name))).Select(c => c.Name).ToList();
        return incomplete.Count == 0
            ? New("Initialized", true)
            : New("Initialized", false, "ContainersNotInitialized", $"containers with incomplete status: [{string.Join(' ', incomplete)}]");
    }

    private static bool IsDone(V1Container container, V1ContainerStatus? status) =>
        container.IsSidecar() ? status?.Started == true : status?.State?.Terminated is { ExitCode: 0 };

    private static V1PodCondition ContainersReady(V1Pod pod, V1PodStatus status)
    {
        if (status.Phase == "Succeeded") return New("ContainersReady", false, "PodCompleted");
        if (status.Phase == "Failed") return New("ContainersReady", false, "PodFailed");
        var statuses = (status.ContainerStatuses ?? []).Concat(status.InitContainerStatuses ?? []).ToList();
        var counted = pod.InitContainers().Where(c => c.IsSidecar()).Concat(pod.Spec.Containers).Select(c => c.Name);
        var unready = counted.Where(name => statuses.FirstOrDefault(s => s.Name == name) is not { Ready: true }).ToList();
        return unready.Count == 0 ? New("ContainersReady", true) : New("ContainersReady", false, "ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]");
    }

    private static V1PodCondition Ready(V1Pod pod, V1PodCondition containers, IList<V1PodCondition>? others)
    {
        if (containers.Status != "True") return New("Ready", false, containers.Reason, containers.Message);
        var missing = new List<string>();
        foreach (var gate in pod.Spec.ReadinessGates ?? [])
        {
            var condition = others?.FirstOrDefault(c => c.Type == gate.ConditionType);
            if (condition is null) missing.Add($"corresponding condition of pod readiness gate \"{gate.ConditionType}\" does not exist.");
            else if (condition.Status != "True") missing.Add($"the status of pod readiness gate \"{gate.ConditionType}\" is not \"True\", but {condition.Status}");
        }
        return missing.Count == 0 ? New("Ready", true) : New("Ready", false, "ReadinessGatesNotReady", string.Join(", ", missing));
    }

    private static V1PodCondition New(string type, bool status, string? reason = null, string? message = null) =>
        new() { Type = type, Status = status ? "True" : "False", Reason = reason, Message = message };

    private static V1PodCondition Copy(V1PodCondition other) => other with { };
}
