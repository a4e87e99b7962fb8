using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

internal static class ContainerDefaults
{
    public static void Apply(V1Container container)
    {
        container.Resources ??= new V1ResourceRequirements();
        container.ImagePullPolicy = PodSpecDefaults.Or(container.ImagePullPolicy, ImageReference.PullPolicy(container.Image));
        container.TerminationMessagePath = PodSpecDefaults.Or(container.TerminationMessagePath, "/dev/termination-log");
        container.TerminationMessagePolicy = PodSpecDefaults.Or(container.TerminationMessagePolicy, "File");
        Ports(container.Ports);
        Environment(container.Env);
        Handlers(container.Lifecycle);
        Probes(container.LivenessProbe, container.ReadinessProbe, container.StartupProbe);
    }

    public static void Apply(V1EphemeralContainer container)
    {
        container.Resources ??= new V1ResourceRequirements();
        container.ImagePullPolicy = PodSpecDefaults.Or(container.ImagePullPolicy, ImageReference.PullPolicy(container.Image));
        container.TerminationMessagePath = PodSpecDefaults.Or(container.TerminationMessagePath, "/dev/termination-log");
        container.TerminationMessagePolicy = PodSpecDefaults.Or(container.TerminationMessagePolicy, "File");
        Ports(container.Ports);
        Environment(container.Env);
        Handlers(container.Lifecycle);
        Probes(container.LivenessProbe, container.ReadinessProbe, container.StartupProbe);
    }

    internal static void FieldRef(V1ObjectFieldSelector? field)
    {
        if (field is not null) field.ApiVersion = PodSpecDefaults.Or(field.ApiVersion, "v1");
    }

    private static void Ports(IList<V1ContainerPort>? ports)
    {
        foreach (var port in ports ?? []) port.Protocol = PodSpecDefaults.Or(port.Protocol, "TCP");
    }

    private static void Environment(IList<V1EnvVar>? variables)
    {
        foreach (var variable in variables ?? [])
        {
            FieldRef(variable.ValueFrom?.FieldRef);
            if (variable.ValueFrom?.FileKeyRef is { } file) file.Optional ??= false;
        }
    }

    private static void Handlers(V1Lifecycle? lifecycle)
    {
        HttpGet(lifecycle?.PostStart?.HttpGet);
        HttpGet(lifecycle?.PreStop?.HttpGet);
    }

    private static void Probes(params ReadOnlySpan<V1Probe?> probes)
    {
        foreach (var probe in probes)
        {
            if (probe is null) continue;
            if (probe.TimeoutSeconds is null or 0) probe.TimeoutSeconds = 1;
            if (probe.PeriodSeconds is null or 0) probe.PeriodSeconds = 10;
            if (probe.SuccessThreshold is null or 0) probe.SuccessThreshold = 1;
            if (probe.FailureThreshold is null or 0) probe.FailureThreshold = 3;
            HttpGet(probe.HttpGet);
            if (probe.Grpc is { } grpc) grpc.Service ??= "";
        }
    }

    private static void HttpGet(V1HTTPGetAction? action)
    {
        if (action is null) return;
        action.Path = PodSpecDefaults.Or(action.Path, "/");
        action.Scheme = PodSpecDefaults.Or(action.Scheme, "HTTP");
    }
}
