namespace Coxswain.Node.Runtime;

/// <summary>All that a sandbox is made from.</summary>
public sealed record SandboxConfig
{
    public required SandboxMetadata Metadata { get; init; }
    /// <summary>Empty with <see cref="NamespaceMode.Node"/> networking: the node's own name shows.</summary>
    public string Hostname { get; init; } = "";
    /// <summary>Absolute directory under which the containers' log paths lie; the runtime makes it.</summary>
    public string LogDirectory { get; init; } = "";
    /// <summary>Null: containers see the node's resolv.conf.</summary>
    public DnsConfig? Dns { get; init; }
    public IReadOnlyList<PortMapping> PortMappings { get; init; } = [];
    public IReadOnlyDictionary<string, string> Labels { get; init; } = Empty;
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = Empty;
    /// <summary>A cgroup path (<c>/kubepods/burstable/pod1234</c>); it must exist with its limits set where limits are wanted.</summary>
    public string CgroupParent { get; init; } = "";
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = Empty;
    public Namespaces Namespaces { get; init; } = new();
    public SandboxSecurity Security { get; init; } = new();
    /// <summary>The sum over the Pod's containers, for runtimes that size a sandbox; null if unknown.</summary>
    public LinuxResources? Resources { get; init; }
    public LinuxResources? Overhead { get; init; }
    /// <summary>Of the RuntimeClass; empty for the default.</summary>
    public string RuntimeHandler { get; init; } = "";

    internal static IReadOnlyDictionary<string, string> Empty { get; } = new Dictionary<string, string>();
}

/// <summary>What identifies a sandbox: the Pod, and the how-many-eth sandbox of that Pod this is. The four together are unique in the runtime.</summary>
public readonly record struct SandboxMetadata(string Name, string Namespace, string Uid, uint Attempt);

public sealed record DnsConfig(IReadOnlyList<string> Servers, IReadOnlyList<string> Searches, IReadOnlyList<string> Options);

public enum Protocol { Tcp, Udp, Sctp }

/// <param name="HostIp">Empty for every address of the node.</param>
public sealed record PortMapping(Protocol Protocol, int ContainerPort, int HostPort, string HostIp = "");

public enum NamespaceMode { Pod, Container, Node, Target }

/// <summary>Whom each kernel namespace is shared with.</summary>
/// <param name="TargetId">With <see cref="NamespaceMode.Target"/>: the container whose pid namespace to join.</param>
public sealed record Namespaces(NamespaceMode Network = NamespaceMode.Pod, NamespaceMode Pid = NamespaceMode.Container, NamespaceMode Ipc = NamespaceMode.Pod, string TargetId = "");

public sealed record SandboxSecurity
{
    public long? RunAsUser { get; init; }
    public long? RunAsGroup { get; init; }
    public IReadOnlyList<long> SupplementalGroups { get; init; } = [];
    public bool ReadOnlyRootFilesystem { get; init; }
    /// <summary>Must be set when any container of the Pod is privileged.</summary>
    public bool Privileged { get; init; }
    public SecurityProfile? Seccomp { get; init; }
    public SecurityProfile? AppArmor { get; init; }
    public SelinuxLabel? Selinux { get; init; }
}

public enum SecurityProfileType { RuntimeDefault, Unconfined, Localhost }

/// <param name="LocalhostRef">With <see cref="SecurityProfileType.Localhost"/>: the absolute path of a seccomp profile, or an AppArmor profile's name.</param>
public sealed record SecurityProfile(SecurityProfileType Type, string LocalhostRef = "");

public sealed record SelinuxLabel(string User, string Role, string Type, string Level);
