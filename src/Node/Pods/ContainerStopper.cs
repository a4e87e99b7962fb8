using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods;

/// <summary>Ends one container: preStop, the stop signal, SIGKILL when the grace period is over.</summary>
internal static class ContainerStopper
{
    /// <summary>A stop signal that cannot be answered at all would be none.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(2);

    /// <summary>What the Pod's author or whoever deletes it allows.</summary>
    public static TimeSpan GraceOf(PodContext pod)
    {
        var seconds = pod.Pod.Metadata.DeletionGracePeriodSeconds ?? pod.Pod.Spec.TerminationGracePeriodSeconds ?? 30;
        return TimeSpan.FromSeconds(Math.Max(1, seconds));
    }

    /// <param name="container">Null when the spec no longer knows it: no hook is run then.</param>
    /// <param name="why">The Killing event's text; null when it was reported before.</param>
    public static async Task StopAsync(PodContext pod, V1Container? container, ContainerStatus status, string? why, TimeSpan grace, CancellationToken ct)
    {
        var time = pod.Node.Time;
        var started = time.GetTimestamp();
        if (why is not null)
        {
            pod.Event("Normal", "Killing", why, status.Name);
            if (container?.Lifecycle?.PreStop is { } hook && status.State == ContainerState.Running) await PreStopAsync(pod, container, status.Id, hook, grace, ct);
        }
        var left = grace - time.GetElapsedTime(started);
        if (container?.Lifecycle?.PreStop is not null && left < Least) left = Least;
        await pod.Node.Runtime.StopContainerAsync(status.Id, left > TimeSpan.Zero ? left : TimeSpan.Zero, ct);
    }

    private static async Task PreStopAsync(PodContext pod, V1Container container, string id, V1LifecycleHandler hook, TimeSpan grace, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(grace, pod.Node.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            if (await Hooks.RunAsync(pod, container, id, hook, both.Token) is not null)
                pod.Event("Warning", "FailedPreStopHook", "PreStopHook failed", container.Name);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) { } // the grace period is over: go on to the signal
    }
}
