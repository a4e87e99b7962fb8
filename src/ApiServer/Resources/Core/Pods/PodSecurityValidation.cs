using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>What holds for the whole Pod: its securityContext and its share of the node's namespaces.</summary>
internal static class PodSecurityValidation
{
    private const int SysctlMaximum = 253;

    /// <param name="isPod">In a template a host port may still be missing: the Pod's defaults fill it.</param>
    public static void Validate(V1PodSpec spec, bool isPod, FieldPath specPath, FieldErrors errors)
    {
        if (spec.HostNetwork == true) HostPorts(spec.Containers, isPod, specPath.Child("containers"), errors);
        var path = specPath.Child("securityContext");
        if (spec.SecurityContext is { } context) Context(context, path, errors);
        if (spec.ShareProcessNamespace == true && spec.HostPID == true)
        {
            errors.Invalid(path.Child("shareProcessNamespace"), true, "ShareProcessNamespace and HostPID cannot both be enabled");
        }
    }

    private static void Context(V1PodSecurityContext context, FieldPath path, FieldErrors errors)
    {
        ContainerSecurityValidation.Id(context.FsGroup, path.Child("fsGroup"), errors);
        ContainerSecurityValidation.Id(context.RunAsUser, path.Child("runAsUser"), errors);
        ContainerSecurityValidation.Id(context.RunAsGroup, path.Child("runAsGroup"), errors);
        for (var i = 0; i < (context.SupplementalGroups?.Count ?? 0); i++)
        {
            ContainerSecurityValidation.Id(context.SupplementalGroups![i], path.Child("supplementalGroups").Index(i), errors);
        }
        Sysctls(context.Sysctls, path.Child("sysctls"), errors);
        Choice(context.FsGroupChangePolicy, path.Child("fsGroupChangePolicy"), errors, "Always", "OnRootMismatch");
        ContainerSecurityValidation.Seccomp(context.SeccompProfile, path.Child("seccompProfile"), errors);
        ContainerSecurityValidation.AppArmor(context.AppArmorProfile, path.Child("appArmorProfile"), errors);
        Choice(context.SupplementalGroupsPolicy, path.Child("supplementalGroupsPolicy"), errors, "Merge", "Strict");
        Choice(context.SeLinuxChangePolicy, path.Child("seLinuxChangePolicy"), errors, "MountOption", "Recursive");
    }

    private static void Choice(string? value, FieldPath path, FieldErrors errors, params ReadOnlySpan<string> supported)
    {
        if (value is not null && !supported.Contains(value)) errors.NotSupported(path, value, supported);
    }

    private static void Sysctls(IList<V1Sysctl>? sysctls, FieldPath path, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (sysctls?.Count ?? 0); i++)
        {
            var (name, at) = (sysctls![i].Name ?? "", path.Index(i).Child("name"));
            if (name.Length == 0) errors.Required(at);
            else if (!IsSysctl(name)) errors.Invalid(at, name, $"must have at most {SysctlMaximum} characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$");
            else if (!seen.Add(name.Replace('/', '.'))) errors.Duplicate(at, name);
        }
    }

    private static bool IsSysctl(string name) => name.Length <= SysctlMaximum && name.Split('.', '/').All(part =>
        part.Length > 0 && part[0] is not ('-' or '_') && part[^1] is not ('-' or '_') && part.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c) || c is '-' or '_'));

    private static void HostPorts(IList<V1Container>? containers, bool isPod, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < (containers?.Count ?? 0); i++)
        {
            for (var j = 0; j < (containers![i].Ports?.Count ?? 0); j++)
            {
                var port = containers[i].Ports![j];
                var host = port.HostPort ?? 0;
                if ((!isPod && host == 0) || host == port.ContainerPort) continue;
                errors.Invalid(path.Index(i).Child("ports").Index(j).Child("hostPort"), host, "must match `containerPort` when `hostNetwork` is true");
            }
        }
    }
}
