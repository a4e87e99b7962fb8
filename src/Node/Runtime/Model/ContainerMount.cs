namespace Coxswain.Node.Runtime;

/// <summary>Which way mounts made later, below a mount, are seen.</summary>
public enum MountPropagation { Private, HostToContainer, Bidirectional }

/// <summary>A file or directory of the node that a container sees.</summary>
/// <param name="RecursiveReadOnly">Mounts below it are read-only, too.</param>
public sealed record ContainerMount(string ContainerPath, string HostPath, bool ReadOnly = false, MountPropagation Propagation = MountPropagation.Private, bool RecursiveReadOnly = false, bool SelinuxRelabel = false);
