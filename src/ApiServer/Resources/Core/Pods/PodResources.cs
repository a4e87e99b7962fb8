using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>What a Pod's containers need together, and the quality of service that follows.</summary>
internal static class PodResources
{
    private static readonly string[] Counted = ["cpu", "memory"];

    /// <summary>Containers and sidecars at once, or the most demanding step of initialisation, whichever is more.</summary>
    public static Quantity Requests(V1PodSpec spec, string resource)
    {
        var running = (spec.Containers ?? []).Aggregate(Quantity.Zero, (sum, c) => sum + Of(c, resource));
        Quantity sidecars = Quantity.Zero, most = Quantity.Zero;
        foreach (var container in spec.InitContainers ?? [])
        {
            var asked = Of(container, resource);
            if (container.RestartPolicy == "Always")
            {
                sidecars += asked;
                running += asked;
                asked = sidecars;
            }
            else asked += sidecars;
            if (asked > most) most = asked;
        }
        return most > running ? most : running;
    }

    /// <summary>Guaranteed, Burstable or BestEffort.</summary>
    public static string QualityOfService(V1PodSpec spec)
    {
        if (spec.Resources is { } whole && (Any(whole.Requests) || Any(whole.Limits))) return Class([whole]);
        return Class([.. (spec.InitContainers ?? []).Concat(spec.Containers ?? []).Select(c => c.Resources ?? new V1ResourceRequirements())]);
    }

    private static string Class(IReadOnlyList<V1ResourceRequirements> all)
    {
        if (!all.Any(r => Any(r.Requests) || Any(r.Limits))) return "BestEffort";
        var guaranteed = all.All(r => Counted.All(n => r.Limits.Get(n).Sign > 0 && r.Requests.Get(n) == r.Limits.Get(n)));
        return guaranteed ? "Guaranteed" : "Burstable";
    }

    private static bool Any(IDictionary<string, ResourceQuantity>? list) => Counted.Any(n => list.Get(n).Sign > 0);

    private static Quantity Of(V1Container container, string resource) => container.Resources?.Requests.Get(resource) ?? Quantity.Zero;
}
