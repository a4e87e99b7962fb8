using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Node.Pods;

/// <summary>Whether this node can take a Pod at all. The scheduler has looked already; a Pod bound by hand, or a static one, meets this first.</summary>
internal static class Admission
{
    /// <returns>Null, or why the Pod fails.</returns>
    public static async Task<PodFailure?> CheckAsync(PodContext pod, CancellationToken ct)
    {
        var others = pod.Node.OtherPods(pod.Uid).Where(p => !p.IsTerminal()).ToList();
        if (others.Count + 1 > pod.Node.Options.MaxPods)
            return new PodFailure("OutOfpods", $"Node didn't have enough resource: pods, requested: 1, used: {others.Count}, capacity: {pod.Node.Options.MaxPods}");
        foreach (var resource in (string[])["cpu", "memory", "ephemeral-storage"])
        {
            var (requested, capacity) = (Requested(pod.Pod, resource), pod.Node.Allocatable.GetValueOrDefault(resource));
            if (requested == 0) continue;
            var used = others.Sum(p => Requested(p, resource));
            if (used + requested > capacity)
                return new PodFailure($"OutOf{resource}", $"Node didn't have enough resource: {resource}, requested: {Units(requested, resource)}, used: {Units(used, resource)}, capacity: {Units(capacity, resource)}");
        }
        if (!await IsMeantAsync(pod, ct)) return new PodFailure("NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector");
        if (HostPorts(pod.Pod).Any(port => others.SelectMany(HostPorts).Any(port.IsTakenBy)))
            return new PodFailure("NodePorts", "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports");
        if (SafeSysctls.Forbidden(pod.Pod) is { } why) return new PodFailure("SysctlForbidden", $"forbidden sysctl: {why}");
        if (!pod.Node.AppArmor && AppArmorProfiles.AreWanted(pod.Pod)) return new PodFailure("AppArmor", "Cannot enforce AppArmor: AppArmor is not enabled on the host");
        return null;
    }

    /// <summary>What is known here of the Node may be some seconds old, or nothing yet: before a Pod is sent away the API is asked.</summary>
    private static async Task<bool> IsMeantAsync(PodContext pod, CancellationToken ct)
    {
        var name = pod.Node.Options.NodeName;
        return NodeSelection.Matches(pod.Pod.Spec, new V1Node { Metadata = new V1ObjectMeta { Name = name, Labels = pod.Node.NodeLabels() } })
            || NodeSelection.Matches(pod.Pod.Spec, await pod.Node.Api.GetAsync(Kinds.Nodes, null, name, ct));
    }

    private readonly record struct HostPort(string Ip, string Protocol, int Port)
    {
        /// <summary>An address of its own conflicts with itself and with all addresses.</summary>
        public bool IsTakenBy(HostPort other) => Port == other.Port && Protocol == other.Protocol && (Ip == other.Ip || Ip == Any || other.Ip == Any);

        public const string Any = "0.0.0.0";
    }

    private static IEnumerable<HostPort> HostPorts(V1Pod pod) => pod.Spec.Containers.Concat(pod.InitContainers().Where(c => c.IsSidecar())).SelectMany(c => c.Ports ?? [])
        .Where(p => p.HostPort is > 0).Select(p => new HostPort(p.HostIP is { Length: > 0 } ip ? ip : HostPort.Any, p.Protocol ?? "TCP", p.HostPort!.Value));

    /// <summary>Processors, bytes of memory.</summary>
    private static decimal Requested(V1Pod pod, string resource) => PodResources.Requests(pod.Spec).GetValueOrDefault(resource).MilliValue / 1000m;

    /// <summary>Thousandths of a processor, bytes of memory.</summary>
    private static string Units(decimal amount, string resource) => $"{(resource == "cpu" ? amount * 1000 : amount):0}";
}
