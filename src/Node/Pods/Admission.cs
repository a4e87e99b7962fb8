using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Node.Pods;

/// <summary>Whether this node can take a Pod at all. The scheduler has looked already; a Pod bound by hand, or a static one, meets this first.</summary>
internal static class Admission
{
    /// <returns>Null, or why the Pod fails.</returns>
    public static PodFailure? Check(PodContext pod)
    {
        var others = pod.Node.OtherPods(pod.Uid).Where(p => !p.IsTerminal()).ToList();
        if (others.Count + 1 > pod.Node.Options.MaxPods)
            return new PodFailure("OutOfpods", $"Node didn't have enough resource: pods, requested: 1, used: {others.Count}, capacity: {pod.Node.Options.MaxPods}");
        foreach (var resource in (string[])["cpu", "memory"])
        {
            var (requested, capacity) = (Requested(pod.Pod, resource), pod.Node.Allocatable.GetValueOrDefault(resource));
            if (requested == 0) continue;
            var used = others.Sum(p => Requested(p, resource));
            if (used + requested > capacity)
                return new PodFailure($"OutOf{resource}", $"Node didn't have enough resource: {resource}, requested: {Units(requested, resource)}, used: {Units(used, resource)}, capacity: {Units(capacity, resource)}");
        }
        if (!Selected(pod)) return new PodFailure("NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector");
        if (!pod.Node.AppArmor && AppArmorProfiles.AreWanted(pod.Pod)) return new PodFailure("AppArmor", "Cannot enforce AppArmor: AppArmor is not enabled on the host");
        return null;
    }

    private static bool Selected(PodContext pod)
    {
        var labels = pod.Node.NodeLabels();
        return (pod.Pod.Spec.NodeSelector ?? new Dictionary<string, string>()).All(s => labels.TryGetValue(s.Key, out var value) && value == s.Value);
    }

    /// <summary>Processors, bytes of memory.</summary>
    private static decimal Requested(V1Pod pod, string resource) => PodResources.Requests(pod.Spec).GetValueOrDefault(resource).MilliValue / 1000m;

    /// <summary>Thousandths of a processor, bytes of memory.</summary>
    private static string Units(decimal amount, string resource) => $"{(resource == "cpu" ? amount * 1000 : amount):0}";
}
