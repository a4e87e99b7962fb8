using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>minReadySeconds: a Pod counts as available once it has been ready so long.</summary>
internal static class Availability
{
    /// <summary>How long until the first of the ready Pods that are not yet available becomes so; null when there is none.</summary>
    public static TimeSpan? NextChange(IEnumerable<V1Pod> pods, int minReadySeconds, DateTime now)
    {
        TimeSpan? next = null;
        foreach (var pod in pods)
        {
            if (PodState.Condition(pod, "Ready") is not { Status: "True", LastTransitionTime: { } since }) continue;
            var wait = since.AddSeconds(minReadySeconds) - now;
            if (wait > TimeSpan.Zero && (next is null || wait < next)) next = wait;
        }
        return next;
    }
}
