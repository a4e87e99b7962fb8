using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>What a Pod's spec gets when it says nothing, alone or inside a template.</summary>
internal static class PodSpecDefaults
{
    public static void Apply(V1PodSpec spec)
    {
        spec.DnsPolicy = Or(spec.DnsPolicy, "ClusterFirst");
        spec.RestartPolicy = Or(spec.RestartPolicy, "Always");
        spec.SchedulerName = Or(spec.SchedulerName, "default-scheduler");
        spec.SecurityContext ??= new V1PodSecurityContext();
        spec.TerminationGracePeriodSeconds ??= 30;
        // Two names of one field; the old one is still written for old readers.
        spec.ServiceAccountName = Or(spec.ServiceAccountName, spec.ServiceAccount);
        spec.ServiceAccount = spec.ServiceAccountName;
        foreach (var volume in spec.Volumes ?? []) VolumeDefaults.Apply(volume);
        foreach (var container in spec.InitContainers ?? []) ContainerDefaults.Apply(container);
        foreach (var container in spec.Containers ?? []) ContainerDefaults.Apply(container);
        foreach (var container in spec.EphemeralContainers ?? []) ContainerDefaults.Apply(container);
    }

    internal static string Or(string? value, string? otherwise) => string.IsNullOrEmpty(value) ? otherwise! : value;
}
