using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Node.Pods.Config;

/// <summary>Guaranteed: every container limits cpu and memory and requests as much. BestEffort: none asks for anything. Else Burstable.</summary>
internal static class QosClass
{
    public const string Guaranteed = "Guaranteed", Burstable = "Burstable", BestEffort = "BestEffort";

    public static string Of(V1Pod pod) => pod.Status?.QosClass is { Length: > 0 } set ? set : PodResources.QualityOfService(pod.Spec);
}
