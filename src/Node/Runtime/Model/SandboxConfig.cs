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
