using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Scheduler;

/// <summary>What a Pod asks of a node.</summary>
internal static class PodRequests
{
    // What a container that asks for nothing is taken to use when nodes are compared: so that such Pods spread, too.
    private const long DefaultCpu = 100;
    private const long DefaultMemory = 200L * 1024 * 1024;

    /// <inheritdoc cref="PodResources.Requests"/>
    public static ResourceAmounts Of(V1Pod pod)
    {
        var total = new ResourceAmounts();
        foreach (var (name, quantity) in PodResources.Requests(pod.Spec)) total.Set(name, name == "cpu" ? quantity.MilliValue : quantity.Value);
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
