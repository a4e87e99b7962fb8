namespace Coxswain.Node.Runtime;

/// <summary>All that a container is made from.</summary>
public sealed record ContainerConfig
{
    public required string Name { get; init; }
    /// <summary>Counts restarts from 0; together with name and sandbox unique in the runtime.</summary>
    public uint Attempt { get; init; }
    /// <summary>The image to run: an id, digest or name that is present.</summary>
    public required string Image { get; init; }
    /// <summary>The image as the Pod's spec names it.</summary>
    public string UserSpecifiedImage { get; init; } = "";
    /// <summary>Empty: the image's entrypoint.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];
    public IReadOnlyList<string> Args { get; init; } = [];
    public string WorkingDirectory { get; init; } = "";
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];
    public IReadOnlyList<ContainerDevice> Devices { get; init; } = [];
    public IReadOnlyDictionary<string, string> Labels { get; init; } = SandboxConfig.Empty;
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = SandboxConfig.Empty;
    /// <summary>Relative to <see cref="SandboxConfig.LogDirectory"/>: <c>web/0.log</c>. Empty for no log.</summary>
    public string LogPath { get; init; } = "";
    public bool Stdin { get; init; }
    public bool StdinOnce { get; init; }
    public bool Tty { get; init; }
    /// <summary>A name such as <c>SIGQUIT</c>; empty for the image's own, else SIGTERM.</summary>
    public string StopSignal { get; init; } = "";
    public LinuxResources Resources { get; init; } = new();
    public ContainerSecurity Security { get; init; } = new();
}

public enum MountPropagation { Private, HostToContainer, Bidirectional }

public sealed record ContainerMount(string ContainerPath, string HostPath, bool ReadOnly = false, MountPropagation Propagation = MountPropagation.Private, bool RecursiveReadOnly = false, bool SelinuxRelabel = false);

/// <param name="Permissions">Any of <c>r</c>, <c>w</c>, <c>m</c>.</param>
public sealed record ContainerDevice(string ContainerPath, string HostPath, string Permissions);

/// <summary>Limits by their cgroup names. Zero means not set.</summary>
public sealed record LinuxResources
{
    /// <summary>Microseconds.</summary>
    public long CpuPeriod { get; init; }
    /// <summary>Microseconds of processor time in each period.</summary>
    public long CpuQuota { get; init; }
    public long CpuShares { get; init; }
    /// <summary>Bytes.</summary>
    public long MemoryLimit { get; init; }
    public long OomScoreAdj { get; init; }
    public string CpusetCpus { get; init; } = "";
    public string CpusetMems { get; init; } = "";
    /// <summary>Bytes, memory included.</summary>
    public long MemorySwapLimit { get; init; }
    /// <summary>cgroup v2 only: file name to content.</summary>
    public IReadOnlyDictionary<string, string> Unified { get; init; } = SandboxConfig.Empty;
}

public sealed record ContainerSecurity
{
    /// <summary>Without the <c>CAP_</c>: <c>NET_ADMIN</c>, <c>ALL</c>.</summary>
    public IReadOnlyList<string> AddCapabilities { get; init; } = [];
    public IReadOnlyList<string> DropCapabilities { get; init; } = [];
    public bool Privileged { get; init; }
    public Namespaces Namespaces { get; init; } = new();
    public long? RunAsUser { get; init; }
    public long? RunAsGroup { get; init; }
    public string RunAsUserName { get; init; } = "";
    public bool ReadOnlyRootFilesystem { get; init; }
    public IReadOnlyList<long> SupplementalGroups { get; init; } = [];
    public bool NoNewPrivileges { get; init; }
    public IReadOnlyList<string> MaskedPaths { get; init; } = [];
    public IReadOnlyList<string> ReadOnlyPaths { get; init; } = [];
    public SecurityProfile? Seccomp { get; init; }
    public SecurityProfile? AppArmor { get; init; }
    public SelinuxLabel? Selinux { get; init; }
}
