using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods;

/// <summary>Ends Pods: those that are deleted, and those that have done what they were for.</summary>
internal static class PodTerminator
{
    /// <summary>
    /// A deleted Pod: containers ▸ sandbox ▸ volumes ▸ last status ▸ the API object ▸ what is left in the runtime and on disk. Every part may be repeated.
    /// </summary>
    public static async Task<StepResult> EndAsync(PodContext pod, CancellationToken ct)
    {
        pod.Publish();
        var failures = new KillFailures();
        await StopContainersAsync(pod, failures, ct);
        await pod.Probes.DisposeAsync();
        await StopSandboxesAsync(pod, failures, ct);
        pod.Publish();
        failures.ThrowIfAny(pod);
        await pod.Volumes.TearDownAsync(ct);
        PodCgroup.Remove(pod);
        if (!pod.ObjectGone && !pod.Pod.IsStatic())
        {
            await pod.StatusWriter.FlushAsync(ct);
            await DeleteObjectAsync(pod, ct);
        }
        foreach (var sandbox in pod.View.Sandboxes) await pod.Node.Runtime.RemoveSandboxAsync(sandbox.Id, ct);
        foreach (var container in pod.View.Containers) await pod.Node.Runtime.RemoveContainerAsync(container.Id, ct);
        pod.View = PodView.Empty;
        PodFiles.Remove(pod.Node, pod.Uid, pod.Node.Paths.LogDirectory(pod.Pod), ct);
        return StepResult.Over;
    }

    /// <summary>A Pod that has ended but is still wanted: nothing of it runs; its containers stay for their logs.</summary>
    public static async Task<StepResult> FinishAsync(PodContext pod, CancellationToken ct)
    {
        if (pod.View.AnyRunning) pod.Publish();
        var failures = new KillFailures();
        await StopContainersAsync(pod, failures, ct);
        pod.Publish();
        await pod.Probes.DisposeAsync();
        if (pod.View.Sandboxes.Any(s => s.State == SandboxState.Ready)) await StopSandboxesAsync(pod, failures, ct);
        failures.ThrowIfAny(pod);
        await pod.Volumes.TearDownAsync(ct);
        PodCgroup.Remove(pod);
        pod.Publish();
        return StepResult.Idle;
    }

    /// <summary>Main containers together, then sidecars, the last first: those may still be needed while the others end.</summary>
    private static async Task StopContainersAsync(PodContext pod, KillFailures failures, CancellationToken ct)
    {
        var running = pod.View.Containers.Where(c => c.State is ContainerState.Running or ContainerState.Unknown).ToList();
        if (running.Count == 0) return;
        await pod.Probes.StopLivenessAsync();
        var started = pod.Node.Time.GetTimestamp();
        var sidecars = pod.Pod.InitContainers().Where(c => c.IsSidecar()).Select(c => c.Name).ToList();
        await StopAsync(pod, [.. running.Where(c => !sidecars.Contains(c.Name))], ContainerStopper.GraceOf(pod), failures, ct);
        foreach (var sidecar in running.Where(c => sidecars.Contains(c.Name)).OrderByDescending(c => sidecars.IndexOf(c.Name)))
        {
            var left = ContainerStopper.GraceOf(pod) - pod.Node.Time.GetElapsedTime(started);
            await StopAsync(pod, [sidecar], left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1), failures, ct);
        }
    }

    private static async Task StopAsync(PodContext pod, List<ContainerStatus> containers, TimeSpan grace, KillFailures failures, CancellationToken ct)
    {
        var stops = containers.Select(status =>
        {
            var container = pod.Pod.AllContainers().FirstOrDefault(c => c.Name == status.Name);
            var why = pod.Announced.Add(status.Id) ? $"Stopping container {status.Name}" : null;
            return failures.ContainerAsync(status.Name, () => ContainerStopper.StopAsync(pod, container, status, why, grace, ct));
        }).ToList();
        await Task.WhenAll(stops);
        foreach (var status in containers) await ContainerStarter.RefreshAsync(pod, status.Id, ct);
    }

    private static async Task StopSandboxesAsync(PodContext pod, KillFailures failures, CancellationToken ct)
    {
        foreach (var sandbox in pod.View.Sandboxes)
        {
            await failures.SandboxAsync(pod.Uid, async () =>
            {
                await pod.Node.Runtime.StopSandboxAsync(sandbox.Id, ct);
                pod.View = pod.View.With(sandbox with { Summary = sandbox.Summary with { State = SandboxState.NotReady } });
            });
        }
    }

    private static async Task DeleteObjectAsync(PodContext pod, CancellationToken ct)
    {
        var options = new V1DeleteOptions { GracePeriodSeconds = 0, Preconditions = new V1Preconditions { Uid = pod.Uid } };
        try
        {
            await pod.Node.Api.DeleteAsync(Kinds.Pods, pod.Pod.Metadata.NamespaceProperty, pod.Pod.Metadata.Name, options, ct);
        }
        catch (StatusException e) when (e.Code is 404 or 409) { } // gone, or another Pod of that name by now
    }
}
