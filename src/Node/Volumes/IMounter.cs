namespace Coxswain.Node.Volumes;

/// <summary>Mounts on this machine. Tests do without.</summary>
internal interface IMounter
{
    /// <summary>Mounts a file system in memory; what is mounted there already stays.</summary>
    /// <param name="size">Bytes; null for the kernel's default.</param>
    void MountTmpfs(string path, long? size);

    /// <summary>Unmounts everything at or below a directory.</summary>
    void UnmountUnder(string directory);
}
