using k8s;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>What one object takes of a namespace's quota, by resource name.</summary>
public static class QuotaUsage
{
    private static readonly Quantity One = Quantity.Parse("1");
    private static readonly string[] Computed = ["cpu", "memory", "ephemeral-storage"];

    /// <param name="now">A Pod that should have ended long ago takes only its place in storage.</param>
    public static IReadOnlyDictionary<string, Quantity> Of(ResourceType type, IKubernetesObject<V1ObjectMeta> value, DateTime now)
    {
        var usage = new Dictionary<string, Quantity>(StringComparer.Ordinal) { [QuotaNames.CountOf(type)] = One };
        if (value is V1Pod pod) AddPod(usage, pod, now);
        else if (value is V1Service service) AddService(usage, service.Spec);
        else if (type.Group.Length == 0) usage[type.Resource] = One;
        return usage;
    }

    /// <summary>Whether every object of the kind takes the same: one of each name that covers it.</summary>
    public static bool IsPlainCount(ResourceType type) => !ReferenceEquals(type, Kinds.Pods) && !ReferenceEquals(type, Kinds.Services);

    /// <summary>When a Pod that is being deleted stops being charged, whether or not its node is there to end it; null for all others.</summary>
    public static DateTime? OverdueAt(IKubernetesObject<V1ObjectMeta> value) =>
        value is V1Pod { Metadata: { DeletionTimestamp: { } deleted, DeletionGracePeriodSeconds: { } grace } } pod && !PodState.IsTerminal(pod) ? deleted.PlusSeconds(grace) : null;

    /// <summary>What a container, or a Pod as a whole, brings to the sums that quotas limit.</summary>
    internal static void AddCompute(Dictionary<string, Quantity> usage, IEnumerable<KeyValuePair<string, Quantity>> requests, IEnumerable<KeyValuePair<string, Quantity>> limits)
    {
        foreach (var (name, amount) in requests)
        {
            var counted = Computed.Contains(name) || name.StartsWith("hugepages-", StringComparison.Ordinal);
            if (counted) usage[name] = amount;
            if (counted || QuotaNames.IsExtended(name)) usage[$"requests.{name}"] = amount;
        }
        foreach (var (name, amount) in limits)
        {
            if (Computed.Contains(name)) usage[$"limits.{name}"] = amount;
        }
    }

    private static void AddPod(Dictionary<string, Quantity> usage, V1Pod pod, DateTime now)
    {
        if (pod.Spec is null || PodState.IsTerminal(pod) || now > OverdueAt(pod)) return;
        usage["pods"] = One;
        AddCompute(usage, PodResources.Requests(pod.Spec), PodResources.Limits(pod.Spec));
    }

    /// <summary>Node ports by intent: they are not given out yet when the charge is made.</summary>
    private static void AddService(Dictionary<string, Quantity> usage, V1ServiceSpec? spec)
    {
        usage["services"] = One;
        var ports = spec?.Ports ?? [];
        if (spec?.Type == "LoadBalancer") usage["services.loadbalancers"] = One;
        if (spec?.Type is not ("NodePort" or "LoadBalancer")) return;
        var suppressed = spec.Type == "LoadBalancer" && spec.AllocateLoadBalancerNodePorts == false;
        usage["services.nodeports"] = Quantity.FromInt64(suppressed ? ports.Count(p => p.NodePort is > 0) : ports.Count);
    }
}
