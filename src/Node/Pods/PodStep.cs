using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods;

/// <summary>
/// One step of a Pod's life. In order: end it if it is to end ▸ admit it ▸ mind its deadline ▸ mount its volumes ▸ stop what must stop ▸ give it a sandbox ▸
/// start what must start ▸ show how it stands.
/// </summary>
internal static class PodStep
{
    public static async Task<StepResult> TakeAsync(PodContext pod, CancellationToken ct)
    {
        if (pod.Terminating) return await PodTerminator.EndAsync(pod, ct);
        if (pod.Failure is not null || pod.Pod.IsTerminal()) return await PodTerminator.FinishAsync(pod, ct);
        if (!pod.Admitted)
        {
            var refusal = pod.View.Sandbox is null ? await Admission.CheckAsync(pod, ct) : null;
            pod.Admitted = true;
            if (refusal is not null)
            {
                pod.Failure = refusal with { Message = "Pod was rejected: " + refusal.Message };
                pod.Event("Warning", refusal.Reason, refusal.Message);
                return await PodTerminator.FinishAsync(pod, ct);
            }
        }
        pod.Publish();
        if (Deadline(pod) is not { } left) return await PodTerminator.FinishAsync(pod, ct);
        if (await pod.Volumes.SetUpAsync(ct) is { } retry) return StepResult.Wait(Shorter(retry, left));
        if (await pod.MissingPullSecrets.TellAsync(ct) is { } next) left = Shorter(left, next)!.Value;
        await pod.Probes.ReconcileAsync();
        var plan = PodPlan.Make(pod.Pod, pod.View, pod.Probes.Verdict);
        if (plan.Finished) return await PodTerminator.FinishAsync(pod, ct);
        if (plan.RenewSandbox)
        {
            var made = await SandboxStep.RenewAsync(pod, ct);
            pod.Publish();
            return made ? StepResult.Repeat : StepResult.Wait(TimeSpan.FromSeconds(1));
        }
        if (plan.Stop.Count > 0)
        {
            await Task.WhenAll(plan.Stop.Select(stop => StopAsync(pod, stop, ct)));
            foreach (var stop in plan.Stop) await ContainerStarter.RefreshAsync(pod, stop.Status.Id, ct);
            return StepResult.Repeat;
        }
        var wait = await StartAsync(pod, plan.Start, ct);
        if (wait.Again) return wait;
        await PruneAsync(pod, ct);
        pod.Publish();
        return StepResult.Wait(Shorter(wait.After, left));
    }

    /// <summary>Starts each in turn; one that cannot start yet does not hold up the others.</summary>
    private static async Task<StepResult> StartAsync(PodContext pod, IReadOnlyList<V1Container> containers, CancellationToken ct)
    {
        var (started, retry) = (false, (TimeSpan?)null);
        foreach (var container in containers)
        {
            if (Held(pod, container.Name) is { } left)
            {
                retry = Shorter(retry, left);
                continue;
            }
            var (objects, before) = (pod.ObjectChanges, pod.View.Latest(container.Name)?.Id);
            try
            {
                await ContainerStarter.StartAsync(pod, container, ct);
                started = true;
            }
            catch (StartFailure e)
            {
                pod.Waiting[container.Name] = new WaitingReason(e.Reason, e.Message);
                // Something referred to may come at any moment and wakes the worker; the rest is tried again as upstream's workers come by.
                var wait = e.RetryAfter ?? TimeSpan.FromSeconds(10);
                retry = Shorter(retry, wait);
                // One that was made and did not run has its own end, which the back-off counts from.
                if (pod.View.Latest(container.Name)?.Id == before) pod.HeldStarts[container.Name] = new HeldStart(pod.Node.Time.Steady() + wait, objects, pod.Pod.Metadata.Generation);
            }
            pod.Publish();
        }
        await pod.Probes.ReconcileAsync();
        return started ? StepResult.Repeat : StepResult.Wait(retry);
    }

    /// <returns>How long the container's start is still put off, or null when its turn has come.</returns>
    private static TimeSpan? Held(PodContext pod, string container)
    {
        if (!pod.HeldStarts.TryGetValue(container, out var held)) return null;
        var left = held.Until - pod.Node.Time.Steady();
        if (left > TimeSpan.Zero && held.Objects == pod.ObjectChanges && held.Generation == pod.Pod.Metadata.Generation) return left;
        pod.HeldStarts.Remove(container);
        return null;
    }

    private static Task StopAsync(PodContext pod, PlannedStop stop, CancellationToken ct)
    {
        pod.Announced.Add(stop.Status.Id);
        return ContainerStopper.StopAsync(pod, stop.Container, stop.Status, stop.Why, stop.Grace ?? ContainerStopper.GraceOf(pod), ct);
    }

    /// <returns>What is left of activeDeadlineSeconds (a very long time without one), or null when it has passed.</returns>
    private static TimeSpan? Deadline(PodContext pod)
    {
        if (pod.Pod.Spec.ActiveDeadlineSeconds is not { } seconds || pod.Status?.StartTime is not { } started) return TimeSpan.MaxValue;
        var left = TimeSpan.FromSeconds(seconds) - pod.Moments.Since("pod", started);
        if (left > TimeSpan.Zero) return left;
        const string Message = "Pod was active on the node longer than the specified deadline";
        pod.Event("Normal", "DeadlineExceeded", Message);
        pod.Failure = new PodFailure("DeadlineExceeded", Message);
        return null;
    }

    /// <summary>Of each container the newest and the one before stay: for logs of the last life.</summary>
    private static async Task PruneAsync(PodContext pod, CancellationToken ct)
    {
        foreach (var old in pod.View.Containers.GroupBy(c => c.Name).SelectMany(g => g.Skip(2)).Where(c => c.State == ContainerState.Exited).ToList())
        {
            await pod.Node.Runtime.RemoveContainerAsync(old.Id, ct);
            pod.View = pod.View.Without(old.Id);
            pod.LastWords.TryRemove(old.Id, out _);
            ContainerStarter.Forget(pod, old.Id);
            if (pod.Node.Options.Materialize) LogFiles.Remove(pod, old);
        }
        foreach (var sandbox in pod.View.Sandboxes.Skip(1).Where(s => s.State == SandboxState.NotReady).ToList())
        {
            // Removing a sandbox removes its containers too: only once none of them is needed for the last state.
            if (pod.View.Containers.Any(c => !c.IsIn(pod.View.Sandbox!))) continue;
            await pod.Node.Runtime.RemoveSandboxAsync(sandbox.Id, ct);
            pod.View = pod.View.Without(sandbox.Id);
        }
    }

    private static TimeSpan? Shorter(TimeSpan? a, TimeSpan? b)
    {
        var shorter = a is null ? b : b is null || a < b ? a : b;
        return shorter == TimeSpan.MaxValue ? null : shorter;
    }
}
