using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>minReadySeconds: a Pod counts as available once it has been ready so long, however the clock is set meanwhile.</summary>
internal sealed class ReadyTimes(TimeProvider time)
{
    private readonly SteadyMoments<string> _changed = new(time); // by the Pod's uid

    /// <summary>Ready for at least <paramref name="minReadySeconds"/>.</summary>
    public bool IsAvailable(V1Pod pod, int minReadySeconds) => PodState.Condition(pod, "Ready") is { Status: "True" } ready
        && (minReadySeconds == 0 || (ready.LastTransitionTime is not null && Left(pod, minReadySeconds) <= TimeSpan.Zero));

    /// <summary>How long until the first of the ready Pods that are not yet available becomes so; null when there is none.</summary>
    public TimeSpan? NextChange(IEnumerable<V1Pod> pods, int minReadySeconds)
    {
        TimeSpan? next = null;
        foreach (var pod in pods)
        {
            if (PodState.Condition(pod, "Ready") is not { Status: "True", LastTransitionTime: not null }) continue;
            var wait = Left(pod, minReadySeconds);
            if (wait > TimeSpan.Zero && (next is null || wait < next)) next = wait;
        }
        return next;
    }

    /// <summary>How long it has been ready, or not ready; since it was made when nothing is said of that.</summary>
    public TimeSpan SinceChange(V1Pod pod) => _changed.Since(pod.Metadata.Uid, PodState.Condition(pod, "Ready")?.LastTransitionTime ?? pod.Metadata.CreationTimestamp);

    /// <summary>The Pod is gone.</summary>
    public void Forget(V1Pod pod) => _changed.Forget(pod.Metadata.Uid);

    private TimeSpan Left(V1Pod pod, int minReadySeconds) => TimeSpan.FromSeconds(minReadySeconds) - SinceChange(pod);
}
