namespace Coxswain.Node.Runtime;

/// <summary>As whom the sandbox's own process runs, and what it may do.</summary>
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
