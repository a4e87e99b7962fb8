namespace Coxswain.Node.Runtime;

/// <summary>What a container may do, and as whom it runs.</summary>
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
