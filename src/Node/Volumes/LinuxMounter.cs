using Coxswain.Node.Linux;

namespace Coxswain.Node.Volumes;

/// <summary>The kernel's own mounts.</summary>
internal sealed class LinuxMounter : IMounter
{
    public bool IsMounted(string path) => Mounts.IsMountPoint(path);

    public void MountTmpfs(string path, long? size)
    {
        // Without a mode: the kernel's own is 1777, which is what containers see elsewhere.
        if (!IsMounted(path)) Syscalls.Mount("tmpfs", path, "tmpfs", 0, size is { } bytes ? $"size={bytes}" : "");
    }

    public void Bind(PathHandle source, string path, bool shared)
    {
        if (!IsBound(source, path))
        {
            if (Mounts.IsMountPoint(path)) Mounts.UnmountUnder(path, itself: true);
            MakeMountPoint(path, source.Status.IsDirectory);
            // Not what is mounted below the source: that would have to be unmounted from here, too.
            Syscalls.Mount(source.ProcPath, path, "", Syscalls.MountBind, "");
        }
        // As a slave, it does not take the source's mounts with it when it is unmounted.
        if (!shared) Syscalls.Mount("", path, "", Syscalls.MountSlave, "");
    }

    public void UnmountUnder(string directory) => Mounts.UnmountUnder(directory, itself: true);

    private static bool IsBound(PathHandle source, string path)
    {
        if (!Mounts.IsMountPoint(path)) return false;
        using var there = PathHandle.OpenTrusted(path);
        return there.Status.IsSameFile(source.Status);
    }

    /// <summary>A file will do for all that is no directory.</summary>
    private static void MakeMountPoint(string path, bool directory)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, (UnixFileMode)0b111_101_000);
        if (directory)
        {
            if (File.Exists(path)) File.Delete(path);
            Directory.CreateDirectory(path, (UnixFileMode)0b111_101_000);
        }
        else
        {
            if (Directory.Exists(path)) Directory.Delete(path);
            File.WriteAllBytes(path, []);
        }
    }
}
