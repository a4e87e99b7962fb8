using Coxswain.Node.Linux;

namespace Coxswain.Node.Volumes;

/// <summary>Mounts on this machine. Tests do without.</summary>
internal interface IMounter
{
    bool IsMounted(string path);

    /// <summary>Mounts a file system in memory; what is mounted there already stays.</summary>
    /// <param name="size">Bytes; null for the kernel's default.</param>
    void MountTmpfs(string path, long? size);

    /// <summary>
    /// Makes an open file or directory show up at a path of the agent's own, whatever becomes of its name. What is bound there already
    /// stays when it is the same.
    /// </summary>
    /// <param name="shared">Mounts that are made below the path later are made in the source, too; else only the other way round.</param>
    void Bind(PathHandle source, string path, bool shared);

    /// <summary>Unmounts everything at or below a directory.</summary>
    /// <exception cref="IOException">Something stays mounted.</exception>
    void UnmountUnder(string directory);
}
