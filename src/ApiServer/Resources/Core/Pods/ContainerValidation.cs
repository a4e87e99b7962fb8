using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>The containers of one Pod's spec: what each may be, and what they may not have in common.</summary>
/// <param name="volumes">Those without faults of their own, by name; mounts of others are not found.</param>
internal sealed class ContainerValidation(V1PodSpec spec, IReadOnlyDictionary<string, V1Volume> volumes, IReadOnlySet<string> claims, FieldErrors errors)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    private long GracePeriod => spec.TerminationGracePeriodSeconds ?? 0;

    public void Validate(FieldPath path)
    {
        Main(path.Child("containers"));
        for (var i = 0; i < (spec.InitContainers?.Count ?? 0); i++) Init(spec.InitContainers![i], path.Child("initContainers"), i);
    }

    private void Main(FieldPath path)
    {
        if (spec.Containers is not { Count: > 0 } containers)
        {
            errors.Required(path);
            return;
        }
        for (var i = 0; i < containers.Count; i++)
        {
            var at = path.Index(i);
            Common(containers[i], at);
            if (!_names.Add(containers[i].Name ?? "")) errors.Duplicate(at.Child("name"), containers[i].Name);
            Hooks(containers[i], at);
            RestartPolicy(containers[i], at);
        }
        HostPorts(containers, path);
    }

    private void Init(V1Container container, FieldPath path, int index)
    {
        var at = path.Index(index);
        Common(container, at);
        RestartPolicy(container, at);
        if (!_names.Add(container.Name ?? "") && !string.IsNullOrEmpty(container.Name)) errors.Duplicate(at.Child("name"), container.Name);
        // They run one by one, so each is only in its own way.
        HostPorts([container], path);
        if (container.RestartPolicy == "Always") Hooks(container, at);
        else NoHooks(container, at);
    }

    private void Common(V1Container container, FieldPath path)
    {
        var name = container.Name ?? "";
        if (name.Length == 0) errors.Required(path.Child("name"));
        else errors.InvalidAll(path.Child("name"), name, NameRules.Dns1123Label(name));
        if (string.IsNullOrEmpty(container.Image)) errors.Required(path.Child("image"));
        PodSpecValidation.OneOf(container.TerminationMessagePolicy, path.Child("terminationMessagePolicy"), errors, "File", "FallbackToLogsOnError");
        PortValidation.Container(container.Ports, path.Child("ports"), errors);
        EnvironmentValidation.Variables(container.Env, path.Child("env"), errors);
        EnvironmentValidation.Sources(container.EnvFrom, path.Child("envFrom"), errors);
        MountValidation.Mounts(container, volumes, path.Child("volumeMounts"), errors);
        MountValidation.Devices(container, volumes, path.Child("volumeDevices"), errors);
        PodSpecValidation.OneOf(container.ImagePullPolicy, path.Child("imagePullPolicy"), errors, "Always", "IfNotPresent", "Never");
        ResourceValidation.Container(container.Resources, claims, path.Child("resources"), errors);
        ResourceValidation.ResizePolicy(container.ResizePolicy, spec.RestartPolicy, path.Child("resizePolicy"), errors);
        ContainerSecurityValidation.Validate(container.SecurityContext, hostUsers: spec.HostUsers ?? true, path.Child("securityContext"), errors);
    }

    private void Hooks(V1Container container, FieldPath path)
    {
        ProbeValidation.Lifecycle(container.Lifecycle, GracePeriod, path.Child("lifecycle"), errors);
        ProbeValidation.Liveness(container.LivenessProbe, GracePeriod, path.Child("livenessProbe"), errors);
        ProbeValidation.Readiness(container.ReadinessProbe, GracePeriod, path.Child("readinessProbe"), errors);
        ProbeValidation.Liveness(container.StartupProbe, GracePeriod, path.Child("startupProbe"), errors);
    }

    private void NoHooks(V1Container container, FieldPath path)
    {
        const string Why = "may not be set for init containers without restartPolicy=Always";
        if (container.Lifecycle is not null) errors.Forbidden(path.Child("lifecycle"), Why);
        if (container.LivenessProbe is not null) errors.Forbidden(path.Child("livenessProbe"), Why);
        if (container.ReadinessProbe is not null) errors.Forbidden(path.Child("readinessProbe"), Why);
        if (container.StartupProbe is not null) errors.Forbidden(path.Child("startupProbe"), Why);
    }

    private void RestartPolicy(V1Container container, FieldPath path)
    {
        if (container.RestartPolicy is { } policy && policy is not ("Always" or "OnFailure" or "Never"))
        {
            errors.NotSupported(path.Child("restartPolicy"), policy, "Always", "OnFailure", "Never");
        }
        if (container.RestartPolicyRules is { Count: > 0 } && container.RestartPolicy is null)
        {
            errors.Required(path.Child("restartPolicy"), "must specify restartPolicy when restart rules are used");
        }
    }

    private void HostPorts(IList<V1Container> containers, FieldPath path)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < containers.Count; i++)
        {
            for (var j = 0; j < (containers[i].Ports?.Count ?? 0); j++)
            {
                var port = containers[i].Ports![j];
                if (port.HostPort is null or 0) continue;
                var key = $"{port.Protocol}/{port.HostIP}/{port.HostPort}";
                if (!taken.Add(key)) errors.Duplicate(path.Index(i).Child("ports").Index(j).Child("hostPort"), key);
            }
        }
    }
}
