using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>What a Pod gets beyond its spec's own defaults; templates do not get these.</summary>
internal static class PodDefaults
{
    public static void Apply(V1Pod pod)
    {
        pod.Spec ??= new V1PodSpec();
        var spec = pod.Spec;
        PodSpecDefaults.Apply(spec);
        spec.EnableServiceLinks ??= true;
        foreach (var container in AllContainers(spec))
        {
            RequestsFromLimits(container.Resources);
            if (spec.HostNetwork == true) HostPorts(container.Ports);
        }
        if (spec.Resources is { } resources) PodRequests(spec, resources);
    }

    private static IEnumerable<V1Container> AllContainers(V1PodSpec spec) => (spec.InitContainers ?? []).Concat(spec.Containers ?? []);

    private static void RequestsFromLimits(V1ResourceRequirements? resources)
    {
        if (resources?.Limits is not { Count: > 0 } limits) return;
        resources.Requests ??= new Dictionary<string, ResourceQuantity>();
        foreach (var (name, limit) in limits) resources.Requests.TryAdd(name, limit);
    }

    /// <summary>On the node's network a container's port is the node's.</summary>
    private static void HostPorts(IList<V1ContainerPort>? ports)
    {
        foreach (var port in ports ?? [])
        {
            if (port.HostPort is null or 0) port.HostPort = port.ContainerPort;
        }
    }

    /// <summary>Requests of the whole Pod: what its containers ask for together, else its limits.</summary>
    private static void PodRequests(V1PodSpec spec, V1ResourceRequirements resources)
    {
        var asked = PodResources.ContainerRequests(spec);
        var named = (spec.Containers ?? []).SelectMany(c => c.Resources?.Requests?.Keys ?? []).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, limit) in resources.Limits ?? new Dictionary<string, ResourceQuantity>())
        {
            if (resources.Requests?.ContainsKey(name) == true) continue;
            resources.Requests ??= new Dictionary<string, ResourceQuantity>();
            resources.Requests[name] = named.Contains(name) ? asked.GetValueOrDefault(name).ToResourceQuantity() : limit;
        }
    }
}
