using System.Globalization;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Which of an owner's Pods go first when there are too many: those that serve least. The order is part of the API's documented behaviour.</summary>
internal static class DeletionOrder
{
    private const string CostAnnotation = "controller.kubernetes.io/pod-deletion-cost";

    /// <summary>The <paramref name="count"/> Pods to delete.</summary>
    /// <param name="related">Active Pods of the owner and its siblings (the ReplicaSets of one Deployment), to see where they crowd.</param>
    public static IEnumerable<V1Pod> Pick(IReadOnlyList<V1Pod> pods, int count, IEnumerable<V1Pod> related, DateTime now)
    {
        if (count >= pods.Count) return pods;
        var perNode = related.Where(PodState.IsScheduled).GroupBy(pod => pod.Spec.NodeName).ToDictionary(group => group.Key, group => group.Count());
        return pods
            .OrderBy(PodState.IsScheduled)
            .ThenBy(pod => pod.Status?.Phase switch { "Running" => 2, "Unknown" => 1, _ => 0 })
            .ThenBy(PodState.IsReady)
            .ThenBy(Cost)
            .ThenByDescending(pod => PodState.IsScheduled(pod) ? perNode.GetValueOrDefault(pod.Spec.NodeName) : 0)
            .ThenBy(pod => PodState.IsReady(pod) ? Age(PodState.Condition(pod, "Ready")!.LastTransitionTime, now) : 0)
            .ThenByDescending(PodState.MaxRestarts)
            .ThenByDescending(SidecarRestarts)
            .ThenBy(pod => Age(pod.Metadata.CreationTimestamp, now))
            .ThenBy(pod => pod.Metadata.Uid, StringComparer.Ordinal)
            .Take(count);
    }

    private static int Cost(V1Pod pod) =>
        pod.Metadata.Annotations?.TryGetValue(CostAnnotation, out var text) == true && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var cost) ? cost : 0;

    private static int SidecarRestarts(V1Pod pod)
    {
        var max = 0;
        foreach (var container in (pod.Spec.InitContainers ?? []).Where(container => container.RestartPolicy == "Always"))
        {
            foreach (var status in pod.Status?.InitContainerStatuses ?? []) if (status.Name == container.Name) max = Math.Max(max, status.RestartCount);
        }
        return max;
    }

    /// <summary>Rough age, by powers of two (of nanoseconds), so that among Pods of about one age chance (the uid) decides and not seconds.</summary>
    private static int Age(DateTime? since, DateTime now)
    {
        var nanoseconds = since is { } time ? Math.Max(0, (now - time).Ticks) * TimeSpan.NanosecondsPerTick : 0;
        return nanoseconds == 0 ? -1 : System.Numerics.BitOperations.Log2((ulong)nanoseconds);
    }
}
