namespace Coxswain.Node.Runtime;

/// <summary>A device of the node that a container sees.</summary>
/// <param name="Permissions">Any of <c>r</c>, <c>w</c>, <c>m</c>.</param>
public sealed record ContainerDevice(string ContainerPath, string HostPath, string Permissions);
