using Coxswain.Node.Linux;

namespace Coxswain.Node.Volumes;

/// <summary>The kernel's own mounts.</summary>
internal sealed class LinuxMounter : IMounter
{
    public void MountTmpfs(string path, long? size)
    {
        if (Mounts.Points().Contains(path)) return;
        Syscalls.Mount("tmpfs", path, "tmpfs", 0, size is { } bytes ? $"size={bytes},mode=0777" : "mode=0777");
    }

    public void UnmountUnder(string directory) => Mounts.UnmountUnder(directory, itself: true);
}
