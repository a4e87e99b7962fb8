using k8s.Models;

namespace Coxswain.Node.Pods.Config;

/// <summary>Guaranteed: every container limits cpu and memory and requests as much. BestEffort: none asks for anything. Else Burstable.</summary>
internal static class QosClass
{
    public const string Guaranteed = "Guaranteed", Burstable = "Burstable", BestEffort = "BestEffort";

    public static string Of(V1Pod pod)
    {
        if (pod.Status?.QosClass is { Length: > 0 } set) return set;
        var (any, guaranteed) = (false, true);
        foreach (var container in pod.AllContainers())
        {
            foreach (var resource in (string[])["cpu", "memory"])
            {
                var request = ResourceMath.Get(container.Resources?.Requests, resource) ?? 0;
                var limit = ResourceMath.Get(container.Resources?.Limits, resource) ?? 0;
                any |= request > 0 || limit > 0;
                guaranteed &= limit > 0 && (request == limit || request == 0);
            }
        }
        return !any ? BestEffort : guaranteed ? Guaranteed : Burstable;
    }
}
