using k8s.Models;

namespace Coxswain.Node.Pods;

/// <summary>The kernel settings that a Pod may have for itself: those that are its namespaces' own and can harm nobody else.</summary>
internal static class SafeSysctls
{
    private const string Shm = "kernel.shm_rmid_forced";
    private static readonly HashSet<string> Safe =
    [
        Shm, "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem",
    ];

    /// <returns>Why the first that it may not have is refused; null when there is none.</returns>
    public static string? Forbidden(V1Pod pod) => (pod.Spec.SecurityContext?.Sysctls ?? []).Select(s => Forbidden(pod, s.Name.Replace('/', '.'))).FirstOrDefault(why => why is not null);

    private static string? Forbidden(V1Pod pod, string name)
    {
        if (!Safe.Contains(name)) return $"\"{name}\" not allowlisted";
        var (ours, kind) = name == Shm ? (pod.Spec.HostIPC != true, "ipc") : (!pod.HostNetwork(), "net");
        return ours ? null : $"\"{name}\" not allowed with host {kind} enabled";
    }
}
