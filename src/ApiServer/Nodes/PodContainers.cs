using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Nodes;

/// <summary>Finds the container that a request for logs or a command means, or says in upstream's words why there is none.</summary>
internal static class PodContainers
{
    private const string DefaultContainer = "kubectl.kubernetes.io/default-container";

    /// <param name="asked">Empty: the only one, or the one that the Pod's annotation names.</param>
    public static string Choose(V1Pod pod, string asked)
    {
        if (asked.Length > 0)
        {
            return All(pod).Contains(asked) ? asked : throw ApiErrors.BadRequest($"container {asked} is not valid for pod {pod.Metadata.Name}");
        }
        var names = pod.Spec.Containers.Select(c => c.Name).ToList();
        if (names.Count == 1) return names[0];
        if (pod.Metadata.Annotations?.TryGetValue(DefaultContainer, out var named) is true && names.Contains(named)) return named;
        var text = $"a container name must be specified for pod {pod.Metadata.Name}";
        if (names.Count > 0) text += $", choose one of: [{string.Join(' ', names)}]";
        if (pod.Spec.InitContainers is { Count: > 0 } inits) text += $" or one of the init containers: [{string.Join(' ', inits.Select(c => c.Name))}]";
        throw ApiErrors.BadRequest(text);
    }

    /// <summary>Refuses while there is nothing to read: the container has not started, or has no previous run.</summary>
    public static void DemandLog(V1Pod pod, string container, bool previous)
    {
        var (p, c) = (pod.Metadata.Name, container);
        var status = Statuses(pod).FirstOrDefault(s => s.Name == container) ?? throw ApiErrors.BadRequest($"container \"{c}\" in pod \"{p}\" is not available");
        var last = status.LastState?.Terminated;
        if (previous)
        {
            if (string.IsNullOrEmpty(last?.ContainerID)) throw ApiErrors.BadRequest($"previous terminated container \"{c}\" in pod \"{p}\" not found");
            return;
        }
        if (status.State?.Running is not null) return;
        if (status.State?.Terminated is { } ended)
        {
            if (string.IsNullOrEmpty(ended.ContainerID) && string.IsNullOrEmpty(last?.ContainerID)) throw ApiErrors.BadRequest($"container \"{c}\" in pod \"{p}\" is terminated");
            return;
        }
        if (last is not null) return; // waiting to start again: the last run's log is what there is
        throw ApiErrors.BadRequest($"container \"{c}\" in pod \"{p}\" is waiting to start{Why(status.State?.Waiting?.Reason)}");
    }

    private static string Why(string? reason) => reason switch
    {
        null => " - no logs yet",
        "ErrImagePull" => ": image can't be pulled",
        "ImagePullBackOff" => ": trying and failing to pull image",
        _ => $": {reason}",
    };

    private static IEnumerable<string> All(V1Pod pod) =>
        pod.Spec.Containers.Select(c => c.Name)
            .Concat((pod.Spec.InitContainers ?? []).Select(c => c.Name))
            .Concat((pod.Spec.EphemeralContainers ?? []).Select(c => c.Name));

    private static IEnumerable<V1ContainerStatus> Statuses(V1Pod pod) =>
        (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.EphemeralContainerStatuses ?? []);
}
