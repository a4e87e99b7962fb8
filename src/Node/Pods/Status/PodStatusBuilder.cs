using Coxswain.Node.Pods.Config;
using k8s.Models;

namespace Coxswain.Node.Pods.Status;

/// <summary>A Pod's status from what the runtime, the probes and the worker say. Times of what did not change are kept.</summary>
internal static class PodStatusBuilder
{
    public static V1PodStatus Build(PodContext context)
    {
        var (pod, old) = (context.Pod, context.Status);
        var now = Now(context);
        if (pod.IsTerminal() && !context.View.AnyRunning && context.View.Containers.Count == 0 && old is not null) return old; // ended long ago: nothing to add
        var main = pod.Spec.Containers.Select(c => ContainerStatusBuilder.Build(context, c, old?.ContainerStatuses)).ToList();
        var init = pod.InitContainers().Select(c => ContainerStatusBuilder.Build(context, c, old?.InitContainerStatuses)).ToList();
        var phase = context.Failure is not null ? "Failed" : PodPhase.Of(pod, init, main, context.Terminating);
        // Once ended, always ended.
        if (old?.Phase is "Succeeded" or "Failed" && phase != old.Phase) phase = old.Phase;
        var ips = context.PodIps;
        if (ips.Count == 0) ips = [.. (old?.PodIPs ?? []).Select(p => p.Ip)];
        var status = new V1PodStatus
        {
            Phase = phase,
            Reason = context.Failure?.Reason ?? (phase == "Failed" ? old?.Reason : null),
            Message = context.Failure?.Message ?? (phase == "Failed" ? old?.Message : null),
            ContainerStatuses = main,
            InitContainerStatuses = init.Count > 0 ? init : null,
            HostIP = context.Node.Options.NodeAddresses.Count > 0 ? context.Node.Options.NodeAddresses[0] : null,
            HostIPs = [.. context.Node.Options.NodeAddresses.Select(ip => new V1HostIP { Ip = ip })],
            PodIP = ips.Count > 0 ? ips[0] : null,
            PodIPs = ips.Count > 0 ? [.. ips.Select(ip => new V1PodIP { Ip = ip })] : null,
            StartTime = old?.StartTime ?? now,
            QosClass = QosClass.Of(pod),
            ObservedGeneration = pod.IsStatic() ? null : pod.Metadata.Generation,
            AllocatedResources = Sum(pod, r => r?.Requests),
            Resources = new V1ResourceRequirements { Requests = Sum(pod, r => r?.Requests), Limits = Sum(pod, r => r?.Limits, all: true) },
            NominatedNodeName = old?.NominatedNodeName,
            ResourceClaimStatuses = old?.ResourceClaimStatuses,
            EphemeralContainerStatuses = old?.EphemeralContainerStatuses,
        };
        if (context.Failure is { } && context.View.Containers.Count == 0 && context.View.Sandbox is null) (status.ContainerStatuses, status.InitContainerStatuses) = (null, null);
        status.Conditions = PodConditions.Build(context, status, old?.Conditions, now);
        return status;
    }

    /// <summary>Times on the wire have whole seconds.</summary>
    public static DateTime Now(PodContext context) => Truncate(context.Node.Time.GetUtcNow());

    public static DateTime Truncate(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds()).UtcDateTime;

    private static Dictionary<string, ResourceQuantity>? Sum(V1Pod pod, Func<V1ResourceRequirements?, IDictionary<string, ResourceQuantity>?> of, bool all = false)
    {
        var containers = pod.Spec.Containers.Select(c => of(c.Resources)).ToList();
        if (containers.Count == 1) return containers[0] is { Count: > 0 } only ? new Dictionary<string, ResourceQuantity>(only) : null;
        var sums = new Dictionary<string, ResourceQuantity>();
        foreach (var name in containers.OfType<IDictionary<string, ResourceQuantity>>().SelectMany(r => r.Keys).Distinct())
        {
            if (all && containers.Any(c => c?.ContainsKey(name) != true)) continue; // one without a limit: the Pod has none
            var amounts = containers.Where(c => c?.ContainsKey(name) == true).Select(c => c![name]).ToList();
            sums[name] = new ResourceQuantity(amounts.Sum(a => a.ToDecimal()), 0, amounts[0].Format);
        }
        return sums.Count > 0 ? sums : null;
    }
}
