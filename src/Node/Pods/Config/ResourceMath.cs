using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods.Config;

/// <summary>Requests and limits in the kernel's units.</summary>
internal static class ResourceMath
{
    private const long MinShares = 2, MaxShares = 262144, Period = 100_000, MinQuota = 1_000;

    public static long? MilliCpu(IDictionary<string, ResourceQuantity>? list) => Get(list, "cpu") is { } cpu ? (long)decimal.Ceiling(cpu * 1000) : null;

    public static long? Bytes(IDictionary<string, ResourceQuantity>? list, string resource = "memory") => Get(list, resource) is { } bytes ? (long)decimal.Ceiling(bytes) : null;

    public static decimal? Get(IDictionary<string, ResourceQuantity>? list, string resource) => list is not null && list.TryGetValue(resource, out var quantity) ? quantity.ToDecimal() : null;

    public static long Shares(long milliCpu) => milliCpu == 0 ? MinShares : Math.Clamp(milliCpu * 1024 / 1000, MinShares, MaxShares);

    /// <summary>Microseconds in each 100 ms; 0 for no limit.</summary>
    public static long Quota(long milliCpu) => milliCpu == 0 ? 0 : Math.Max(milliCpu * Period / 1000, MinQuota);

    /// <summary>The weight of cgroup v2 (1 to 10000) that cgroup v1's shares (2 to 262144) correspond to.</summary>
    public static long Weight(long shares) => 1 + (shares - MinShares) * 9999 / (MaxShares - MinShares);

    public static LinuxResources Of(V1Pod pod, V1Container container, long nodeMemory)
    {
        var (requests, limits) = (container.Resources?.Requests, container.Resources?.Limits);
        var (request, limit) = (MilliCpu(requests), MilliCpu(limits));
        var quota = Quota(limit ?? 0);
        return new LinuxResources
        {
            // A limit without a request is a request too.
            CpuShares = Shares(request is null or 0 && limit is > 0 ? limit.Value : request ?? 0),
            CpuQuota = quota,
            CpuPeriod = quota > 0 ? Period : 0,
            MemoryLimit = Bytes(limits) ?? 0,
            OomScoreAdj = OomScoreAdj(pod, container, nodeMemory),
        };
    }

    /// <summary>Whom the kernel kills first when memory runs out: those that asked for least.</summary>
    public static long OomScoreAdj(V1Pod pod, V1Container container, long nodeMemory)
    {
        const long Guaranteed = -997, BestEffort = 1000;
        if (pod.Spec.Priority >= 2_000_000_000) return Guaranteed;
        switch (QosClass.Of(pod))
        {
            case QosClass.Guaranteed: return Guaranteed;
            case QosClass.BestEffort: return BestEffort;
        }
        var request = Bytes(container.Resources?.Requests) ?? 0;
        var adjusted = nodeMemory > 0 ? 1000 - 1000 * request / nodeMemory : BestEffort - 1;
        if (adjusted < 1000 + Guaranteed) return 1000 + Guaranteed;
        return adjusted >= BestEffort ? BestEffort - 1 : adjusted;
    }

    /// <summary>What the whole Pod may use; zero where a container has no limit.</summary>
    public static LinuxResources OfPod(V1Pod pod)
    {
        var (requests, limits) = (PodResources.Requests(pod.Spec), PodResources.Limits(pod.Spec));
        var quota = PodResources.IsLimited(pod.Spec, "cpu") ? Quota(limits["cpu"].MilliValue) : 0;
        return new LinuxResources
        {
            CpuShares = Shares(requests.GetValueOrDefault("cpu").MilliValue),
            CpuQuota = quota,
            CpuPeriod = quota > 0 ? Period : 0,
            MemoryLimit = PodResources.IsLimited(pod.Spec, "memory") ? limits["memory"].Value : 0,
        };
    }
}
