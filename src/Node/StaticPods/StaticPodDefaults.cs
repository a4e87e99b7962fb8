using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Node.StaticPods;

/// <summary>What the API server would have filled in: a static Pod runs before any API server has seen it.</summary>
internal static class StaticPodDefaults
{
    public static void Apply(V1Pod pod)
    {
        var spec = pod.Spec;
        spec.RestartPolicy ??= "Always";
        spec.DnsPolicy ??= "ClusterFirst";
        spec.SchedulerName ??= "default-scheduler";
        spec.SecurityContext ??= new V1PodSecurityContext();
        spec.TerminationGracePeriodSeconds ??= 30;
        spec.EnableServiceLinks ??= true;
        // Nothing evicts a static Pod: whatever befalls the node, it stays.
        spec.Tolerations = [.. spec.Tolerations ?? [], new V1Toleration { Effect = "NoExecute", OperatorProperty = "Exists" }];
        foreach (var container in (spec.InitContainers ?? []).Concat(spec.Containers)) Container(container, spec.HostNetwork == true);
        foreach (var volume in spec.Volumes ?? []) Volume(volume);
    }

    private static void Container(V1Container container, bool hostNetwork)
    {
        container.ImagePullPolicy ??= ImageReference.PullPolicy(container.Image);
        container.TerminationMessagePath ??= "/dev/termination-log";
        container.TerminationMessagePolicy ??= "File";
        container.Resources ??= new V1ResourceRequirements();
        if (container.Resources.Limits is { } limits)
        {
            container.Resources.Requests ??= new Dictionary<string, ResourceQuantity>();
            foreach (var (name, amount) in limits) container.Resources.Requests.TryAdd(name, amount);
        }
        foreach (var port in container.Ports ?? [])
        {
            port.Protocol ??= "TCP";
            if (hostNetwork) port.HostPort ??= port.ContainerPort;
        }
        foreach (var probe in (V1Probe?[])[container.LivenessProbe, container.ReadinessProbe, container.StartupProbe]) Probe(probe);
    }

    private static void Probe(V1Probe? probe)
    {
        if (probe is null) return;
        probe.TimeoutSeconds ??= 1;
        probe.PeriodSeconds ??= 10;
        probe.SuccessThreshold ??= 1;
        probe.FailureThreshold ??= 3;
        if (probe.HttpGet is not { } http) return;
        http.Path ??= "/";
        http.Scheme ??= "HTTP";
    }

    private static void Volume(V1Volume volume)
    {
        if (volume.HostPath is { } host) host.Type ??= "";
        if (volume.DownwardAPI is { } downward) downward.DefaultMode ??= 420;
        if (volume.Projected is { } projected) projected.DefaultMode ??= 420;
        if (volume is { HostPath: null, DownwardAPI: null, Projected: null, ConfigMap: null, Secret: null }) volume.EmptyDir ??= new V1EmptyDirVolumeSource();
    }
}
