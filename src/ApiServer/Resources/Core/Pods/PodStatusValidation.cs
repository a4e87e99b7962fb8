using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>What a node may not report about a Pod.</summary>
internal static class PodStatusValidation
{
    public static void Validate(V1Pod pod, V1Pod old, FieldErrors errors)
    {
        var path = FieldPath.Root("status");
        var (status, before) = (pod.Status, old.Status ?? new V1PodStatus());
        Conditions(status.Conditions, path.Child("conditions"), errors);
        if (!string.IsNullOrEmpty(status.NominatedNodeName))
        {
            errors.InvalidAll(path.Child("nominatedNodeName"), status.NominatedNodeName, NameRules.Dns1123Subdomain(status.NominatedNodeName));
        }
        if (pod.Spec.RestartPolicy != "Always")
        {
            Ended(status.ContainerStatuses, before.ContainerStatuses, pod.Spec.RestartPolicy, path.Child("containerStatuses"), errors);
        }
        Addresses(status, path, errors);
        if ((status.QosClass ?? "") != (before.QosClass ?? "")) errors.Invalid(path.Child("qosClass"), status.QosClass ?? "", "field is immutable");
    }

    private static void Conditions(IList<V1PodCondition>? conditions, FieldPath path, FieldErrors errors)
    {
        string[] own = ["PodScheduled", "Ready", "Initialized", "ContainersReady", "DisruptionTarget", "PodReadyToStartContainers", "PodResizePending", "PodResizeInProgress"];
        for (var i = 0; i < (conditions?.Count ?? 0); i++)
        {
            var type = conditions![i].Type ?? "";
            if (!own.Contains(type)) errors.InvalidAll(path.Index(i).Child("Type"), type, NameRules.QualifiedName(type));
        }
    }

    /// <summary>What is over stays over, where it is not to be restarted.</summary>
    private static void Ended(IList<V1ContainerStatus>? statuses, IList<V1ContainerStatus>? old, string restartPolicy, FieldPath path, FieldErrors errors)
    {
        var byName = new Dictionary<string, V1ContainerStatus>(StringComparer.Ordinal);
        foreach (var status in statuses ?? []) byName.TryAdd(status.Name ?? "", status);
        for (var i = 0; i < (old?.Count ?? 0); i++)
        {
            if (old![i].State?.Terminated is not { } ended || (restartPolicy == "OnFailure" && ended.ExitCode != 0)) continue;
            var now = byName.GetValueOrDefault(old[i].Name ?? "");
            if (now is not null && now.State?.Terminated is null) errors.Forbidden(path.Index(i).Child("state"), "may not be transitioned to non-terminated state");
        }
    }

    private static void Addresses(V1PodStatus status, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < (status.PodIPs?.Count ?? 0); i++) errors.InvalidAll(path.Child("podIPs").Index(i), status.PodIPs![i].Ip ?? "", ValueRules.Ip(status.PodIPs[i].Ip ?? ""));
        if (status.HostIPs is not [var first, ..]) return;
        if (first.Ip != status.HostIP) errors.Invalid(path.Child("hostIPs").Index(0).Child("ip"), first.Ip ?? "", "must be equal to `hostIP`");
        for (var i = 0; i < status.HostIPs.Count; i++) errors.InvalidAll(path.Child("hostIPs").Index(i), status.HostIPs[i].Ip ?? "", ValueRules.Ip(status.HostIPs[i].Ip ?? ""));
    }
}
