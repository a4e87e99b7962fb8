using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Scheduler;

/// <summary>What a Pod asks of a node.</summary>
internal static class PodRequests
{
    // What a container that asks for nothing is taken to use when nodes are compared: so that such Pods spread, too.
    private const long DefaultCpu = 100;
    private const long DefaultMemory = 200L * 1024 * 1024;

    /// <summary>
    /// The sum over the containers that run together, or what the hungriest init container needs at its turn (beside the sidecars started before it), whichever is more;
    /// and the overhead. Requests of the Pod as a whole, where given, stand in for the sum.
    /// </summary>
    public static ResourceAmounts Of(V1Pod pod)
    {
        var (sidecars, peak) = (new ResourceAmounts(), new ResourceAmounts());
        foreach (var container in pod.Spec.InitContainers ?? [])
        {
            var requests = ResourceAmounts.From(container.Resources?.Requests);
            if (container.RestartPolicy == "Always")
            {
                sidecars.Add(requests);
                peak.RaiseTo(sidecars);
            }
            else
            {
                requests.Add(sidecars);
                peak.RaiseTo(requests);
            }
        }
        var total = sidecars;
        foreach (var container in pod.Spec.Containers ?? []) total.Add(ResourceAmounts.From(container.Resources?.Requests));
        total.RaiseTo(peak);
        foreach (var (name, quantity) in pod.Spec.Resources?.Requests ?? new Dictionary<string, ResourceQuantity>())
        {
            total.Set(name, name == "cpu" ? quantity.ToQuantity().MilliValue : quantity.ToQuantity().Value);
        }
        total.Add(ResourceAmounts.From(pod.Spec.Overhead));
        return total;
    }

    /// <summary>CPU and memory for comparing nodes: as <see cref="Of"/>, but no container counts as nothing.</summary>
    public static (long Cpu, long Memory) ForScoring(V1Pod pod, ResourceAmounts requests)
    {
        var (cpu, memory) = (requests.Cpu, requests.Memory);
        foreach (var container in pod.Spec.Containers ?? [])
        {
            if (container.Resources?.Requests?.ContainsKey("cpu") != true) cpu += DefaultCpu;
            if (container.Resources?.Requests?.ContainsKey("memory") != true) memory += DefaultMemory;
        }
        return (cpu, memory);
    }
}
