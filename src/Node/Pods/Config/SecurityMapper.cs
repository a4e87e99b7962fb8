using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods.Config;

/// <summary>securityContext of Pod and container in the runtime's terms. The container's word counts over the Pod's.</summary>
internal static class SecurityMapper
{
    private static readonly string[] Masked =
        ["/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap"];
    private static readonly string[] ReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static Namespaces Namespaces(V1Pod pod) => new(
        pod.HostNetwork() ? NamespaceMode.Node : NamespaceMode.Pod,
        pod.Spec.HostPID == true ? NamespaceMode.Node : pod.Spec.ShareProcessNamespace == true ? NamespaceMode.Pod : NamespaceMode.Container,
        pod.Spec.HostIPC == true ? NamespaceMode.Node : NamespaceMode.Pod);

    public static bool IsPrivileged(V1Container container) => container.SecurityContext?.Privileged == true;

    public static SandboxSecurity Sandbox(V1Pod pod) => new()
    {
        Privileged = pod.AllContainers().Any(IsPrivileged),
        RunAsUser = pod.Spec.SecurityContext?.RunAsUser,
        RunAsGroup = pod.Spec.SecurityContext?.RunAsUser is null ? null : pod.Spec.SecurityContext?.RunAsGroup,
        SupplementalGroups = Groups(pod),
        Seccomp = new SecurityProfile(SecurityProfileType.RuntimeDefault),
    };

    public static ContainerSecurity Container(V1Pod pod, V1Container container, ImageInfo? image, string seccompRoot)
    {
        var (own, shared) = (container.SecurityContext, pod.Spec.SecurityContext);
        var privileged = IsPrivileged(container);
        var user = own?.RunAsUser ?? shared?.RunAsUser;
        var unmasked = privileged || own?.ProcMount == "Unmasked";
        return new ContainerSecurity
        {
            AddCapabilities = Capabilities(own?.Capabilities?.Add),
            DropCapabilities = Capabilities(own?.Capabilities?.Drop),
            Privileged = privileged,
            Namespaces = Namespaces(pod),
            // No user asked for: the image's own, root when it names none, which the runtime would use anyway; said aloud so that the status can show it.
            RunAsUser = user ?? (image is { Username.Length: 0 } ? image.Uid ?? 0 : null),
            RunAsUserName = user is null ? image?.Username ?? "" : "",
            RunAsGroup = own?.RunAsGroup ?? shared?.RunAsGroup,
            ReadOnlyRootFilesystem = own?.ReadOnlyRootFilesystem == true,
            SupplementalGroups = Groups(pod),
            NoNewPrivileges = own?.AllowPrivilegeEscalation == false,
            MaskedPaths = unmasked ? [] : Masked,
            ReadOnlyPaths = unmasked ? [] : ReadOnly,
            Seccomp = Seccomp(own?.SeccompProfile ?? shared?.SeccompProfile, seccompRoot),
            AppArmor = AppArmor(own?.AppArmorProfile ?? shared?.AppArmorProfile),
        };
    }

    /// <summary>runAsNonRoot is a promise to keep before the process runs.</summary>
    /// <exception cref="ConfigException">The container would run as root.</exception>
    public static void VerifyNonRoot(V1Pod pod, V1Container container, ImageInfo? image)
    {
        var (own, shared) = (container.SecurityContext, pod.Spec.SecurityContext);
        if ((own?.RunAsNonRoot ?? shared?.RunAsNonRoot) != true) return;
        var where = $"(pod: \"{pod.FullName()}\", container: {container.Name})";
        if ((own?.RunAsUser ?? shared?.RunAsUser) is { } user)
        {
            if (user == 0) throw new ConfigException($"container's runAsUser breaks non-root policy {where}");
            return;
        }
        if (image?.Username is { Length: > 0 } name)
            throw new ConfigException($"container has runAsNonRoot and image has non-numeric user ({name}), cannot verify user is non-root {where}");
        if (image?.Uid is null or 0) throw new ConfigException($"container has runAsNonRoot and image will run as root {where}");
    }

    private static List<long> Groups(V1Pod pod)
    {
        var groups = (pod.Spec.SecurityContext?.SupplementalGroups ?? []).OfType<long>().ToList();
        if (pod.Spec.SecurityContext?.FsGroup is { } fsGroup) groups.Insert(0, fsGroup);
        return groups;
    }

    private static IReadOnlyList<string> Capabilities(IList<string>? names) => [.. names ?? []];

    /// <summary>Privileged or not: the runtime leaves privileged containers unconfined whatever it is told.</summary>
    private static SecurityProfile Seccomp(V1SeccompProfile? profile, string root) => profile?.Type switch
    {
        "RuntimeDefault" => new(SecurityProfileType.RuntimeDefault),
        "Localhost" when profile.LocalhostProfile is { Length: > 0 } file => new(SecurityProfileType.Localhost, Path.Combine(root, file)),
        "Localhost" => throw new ConfigException("localhostProfile must be set if seccompProfile type is Localhost."),
        _ => new(SecurityProfileType.Unconfined),
    };

    private static SecurityProfile? AppArmor(V1AppArmorProfile? profile) => profile?.Type switch
    {
        "RuntimeDefault" => new(SecurityProfileType.RuntimeDefault),
        "Unconfined" => new(SecurityProfileType.Unconfined),
        "Localhost" when profile.LocalhostProfile is { Length: > 0 } name => new(SecurityProfileType.Localhost, name),
        "Localhost" => throw new ConfigException("missing localhost apparmor profile name"),
        _ => null,
    };
}
