namespace Coxswain.Node.Runtime;

/// <summary>What the images take of the disk.</summary>
/// <param name="MountPoint">A directory on that file system.</param>
public sealed record FileSystemUsage(string MountPoint, long UsedBytes, long UsedInodes);
