using k8s.Models;

namespace Coxswain.Api;

/// <summary>What a Pod's containers need together, and the quality of service that follows: the one sum that server, scheduler and node go by.</summary>
/// <remarks>
/// At any time either the init container whose turn it is runs beside the sidecars that were started before it, or all containers and all sidecars do. The Pod
/// needs, of each resource, the most of these. See https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers.
/// </remarks>
public static class PodResources
{
    private static readonly string[] Counted = ["cpu", "memory"];

    /// <summary>What to make room for: what the Pod asks for as a whole, where it says so, else the sum over its containers; and its overhead.</summary>
    public static Dictionary<string, Quantity> Requests(V1PodSpec spec)
    {
        var total = ContainerRequests(spec);
        foreach (var (name, quantity) in spec.Resources?.Requests ?? Nothing) total[name] = quantity.ToQuantity();
        Add(total, spec.Overhead);
        return total;
    }

    /// <summary>What the Pod may use at most, of each resource that some container limits; see <see cref="IsLimited"/> for whether that means anything.</summary>
    public static Dictionary<string, Quantity> Limits(V1PodSpec spec)
    {
        var total = Sum(spec, static r => r?.Limits);
        foreach (var (name, quantity) in spec.Resources?.Limits ?? Nothing) total[name] = quantity.ToQuantity();
        foreach (var (name, quantity) in spec.Overhead ?? Nothing)
        {
            if (total.TryGetValue(name, out var limit) && !limit.IsZero) total[name] = limit + quantity.ToQuantity();
        }
        return total;
    }

    /// <summary>Whether the Pod as a whole or each of its containers has a limit: one without any makes the sum of the others mean nothing.</summary>
    public static bool IsLimited(V1PodSpec spec, string resource) =>
        spec.Resources?.Limits?.ContainsKey(resource) == true || AllContainers(spec).All(c => c.Resources?.Limits.Get(resource).Sign > 0);

    /// <summary>The sum over the containers alone.</summary>
    public static Dictionary<string, Quantity> ContainerRequests(V1PodSpec spec) => Sum(spec, static r => r?.Requests);

    /// <summary>Guaranteed, Burstable or BestEffort.</summary>
    public static string QualityOfService(V1PodSpec spec)
    {
        if (spec.Resources is { } whole && (Any(whole.Requests) || Any(whole.Limits))) return Class([whole]);
        return Class([.. AllContainers(spec).Select(c => c.Resources ?? new V1ResourceRequirements())]);
    }

    private static Dictionary<string, Quantity> Sum(V1PodSpec spec, Func<V1ResourceRequirements?, IDictionary<string, ResourceQuantity>?> of)
    {
        var (running, peak) = (new Dictionary<string, Quantity>(StringComparer.Ordinal), new Dictionary<string, Quantity>(StringComparer.Ordinal));
        foreach (var container in spec.InitContainers ?? [])
        {
            var staysOn = container.RestartPolicy == "Always";
            foreach (var (name, quantity) in of(container.Resources) ?? Nothing)
            {
                var beside = running.GetValueOrDefault(name) + quantity.ToQuantity();
                if (staysOn) running[name] = beside;
                RaiseTo(peak, name, beside);
            }
        }
        foreach (var container in spec.Containers ?? []) Add(running, of(container.Resources));
        RaiseTo(running, peak);
        return running;
    }

    private static void Add(Dictionary<string, Quantity> total, IDictionary<string, ResourceQuantity>? more)
    {
        foreach (var (name, quantity) in more ?? Nothing) total[name] = total.GetValueOrDefault(name) + quantity.ToQuantity();
    }

    private static void RaiseTo(Dictionary<string, Quantity> total, Dictionary<string, Quantity> other)
    {
        foreach (var (name, quantity) in other) RaiseTo(total, name, quantity);
    }

    private static void RaiseTo(Dictionary<string, Quantity> total, string name, Quantity quantity)
    {
        if (!total.TryGetValue(name, out var present) || quantity > present) total[name] = quantity;
    }

    private static IEnumerable<V1Container> AllContainers(V1PodSpec spec) => (spec.InitContainers ?? []).Concat(spec.Containers ?? []);

    /// <summary>A limit without a request is a request too, whether or not the server's defaults have said so already.</summary>
    private static string Class(IReadOnlyList<V1ResourceRequirements> all)
    {
        if (!all.Any(r => Any(r.Requests) || Any(r.Limits))) return "BestEffort";
        var guaranteed = all.All(r => Counted.All(n => r.Limits.Get(n).Sign > 0 && (r.Requests?.ContainsKey(n) != true || r.Requests.Get(n) == r.Limits.Get(n))));
        return guaranteed ? "Guaranteed" : "Burstable";
    }

    private static bool Any(IDictionary<string, ResourceQuantity>? list) => Counted.Any(n => list.Get(n).Sign > 0);

    private static Dictionary<string, ResourceQuantity> Nothing { get; } = [];
}
