using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Everything that can be wrong with a Pod's spec, in upstream's order.</summary>
internal static class PodSpecValidation
{
    /// <param name="metadata">The Pod's, or null for a template.</param>
    public static void Validate(V1PodSpec spec, V1ObjectMeta? metadata, FieldPath path, FieldErrors errors)
    {
        if (spec.TerminationGracePeriodSeconds is null) errors.Required(path.Child("terminationGracePeriodSeconds"));
        var volumes = VolumeValidation.Validate(spec.Volumes, path.Child("volumes"), errors);
        var claims = ResourceClaims(spec.ResourceClaims, path.Child("resourceClaims"), errors);
        new ContainerValidation(spec, volumes, claims, errors).Validate(path);
        ResourceValidation.Pod(spec, path.Child("resources"), errors);
        Policies(spec, path, errors);
        LabelRules.Labels(spec.NodeSelector, path.Child("nodeSelector"), errors);
        PodSecurityValidation.Validate(spec, isPod: metadata is not null, path, errors);
        AffinityValidation.Validate(spec.Affinity, path.Child("affinity"), errors);
        DnsValidation.Validate(spec, path.Child("dnsConfig"), errors);
        Gates(spec, path, errors);
        SpreadValidation.Validate(spec.TopologySpreadConstraints, path.Child("topologySpreadConstraints"), errors);
        HostUsers(spec, path, errors);
        Names(spec, path, errors);
        TolerationValidation.Validate(spec.Tolerations, path.Child("tolerations"), errors);
        DnsValidation.HostAliases(spec.HostAliases, path.Child("hostAliases"), errors);
        Classes(spec, path, errors);
        if (spec.Overhead is { } overhead) ResourceValidation.List(overhead, path.Child("overhead"), errors);
        OperatingSystem(spec.Os, path.Child("os"), errors);
    }

    private static void Policies(V1PodSpec spec, FieldPath path, FieldErrors errors)
    {
        OneOf(spec.RestartPolicy, path.Child("restartPolicy"), errors, "Always", "OnFailure", "Never");
        OneOf(spec.DnsPolicy, path.Child("dnsPolicy"), errors, "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
    }

    internal static void OneOf(string? value, FieldPath path, FieldErrors errors, params ReadOnlySpan<string> supported)
    {
        if (string.IsNullOrEmpty(value)) errors.Required(path);
        else if (!supported.Contains(value)) errors.NotSupported(path, value, supported);
    }

    private static void Gates(V1PodSpec spec, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < (spec.ReadinessGates?.Count ?? 0); i++)
        {
            var type = spec.ReadinessGates![i].ConditionType ?? "";
            errors.InvalidAll(path.Child("readinessGates").Index(i).Child("conditionType"), type, NameRules.QualifiedName(type));
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (spec.SchedulingGates?.Count ?? 0); i++)
        {
            var name = spec.SchedulingGates![i].Name ?? "";
            var gate = path.Child("schedulingGates").Index(i);
            errors.InvalidAll(gate, name, NameRules.QualifiedName(name));
            if (!seen.Add(name)) errors.Duplicate(gate, name);
        }
    }

    private static void HostUsers(V1PodSpec spec, FieldPath path, FieldErrors errors)
    {
        if (spec.HostUsers is not false) return;
        const string Why = "when `hostUsers` is false";
        if (spec.HostNetwork == true) errors.Forbidden(path.Child("hostNetwork"), Why);
        if (spec.HostPID == true) errors.Forbidden(path.Child("hostPID"), Why);
        if (spec.HostIPC == true) errors.Forbidden(path.Child("hostIPC"), Why);
    }

    private static void Names(V1PodSpec spec, FieldPath path, FieldErrors errors)
    {
        Name(spec.ServiceAccountName, path.Child("serviceAccountName"), NameRules.Dns1123Subdomain, errors);
        Name(spec.NodeName, path.Child("nodeName"), NameRules.Dns1123Subdomain, errors);
        if (spec.ActiveDeadlineSeconds is { } deadline and (< 1 or > int.MaxValue))
        {
            errors.Invalid(path.Child("activeDeadlineSeconds"), deadline, ValueRules.Between(1, int.MaxValue));
        }
        Name(spec.Hostname, path.Child("hostname"), NameRules.Dns1123Label, errors);
        Name(spec.Subdomain, path.Child("subdomain"), NameRules.Dns1123Label, errors);
    }

    private static void Name(string? name, FieldPath path, Func<string, IReadOnlyList<string>> rule, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(name)) errors.InvalidAll(path, name, rule(name));
    }

    private static void Classes(V1PodSpec spec, FieldPath path, FieldErrors errors)
    {
        Name(spec.PriorityClassName, path.Child("priorityClassName"), NameRules.Dns1123Subdomain, errors);
        if (spec.RuntimeClassName is { } runtime) errors.InvalidAll(path.Child("runtimeClassName"), runtime, NameRules.Dns1123Subdomain(runtime));
        if (spec.PreemptionPolicy is { } preemption) OneOf(preemption, path.Child("preemptionPolicy"), errors, "PreemptLowerPriority", "Never");
    }

    private static void OperatingSystem(V1PodOS? os, FieldPath path, FieldErrors errors)
    {
        if (os is null) return;
        if (string.IsNullOrEmpty(os.Name)) errors.Required(path.Child("name"), "cannot be empty");
        else if (os.Name is not ("linux" or "windows")) errors.NotSupported(path, os.Name, "linux", "windows");
    }

    private static HashSet<string> ResourceClaims(IList<V1PodResourceClaim>? claims, FieldPath path, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (claims?.Count ?? 0); i++)
        {
            var name = claims![i].Name ?? "";
            var at = path.Index(i);
            if (!names.Add(name)) errors.Duplicate(at.Child("name"), name);
            else errors.InvalidAll(at.Child("name"), name, NameRules.Dns1123Label(name));
            var (one, other) = (claims[i].ResourceClaimName, claims[i].ResourceClaimTemplateName);
            if (one is null && other is null) errors.Invalid(at, GoJson.Fields(("Name", GoJson.Text(name)), ("ResourceClaimName", GoJson.Null), ("ResourceClaimTemplateName", GoJson.Null)), "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
            else if (one is not null && other is not null) errors.Invalid(at, GoJson.Fields(("Name", GoJson.Text(name)), ("ResourceClaimName", GoJson.Text(one)), ("ResourceClaimTemplateName", GoJson.Text(other))), "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
        }
        return names;
    }
}
