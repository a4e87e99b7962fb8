using Coxswain.Node.Linux;

namespace Coxswain.Node.Volumes;

/// <summary>Gives a volume to the Pod's fsGroup.</summary>
internal static class Ownership
{
    private const UnixFileMode ReadGroup = UnixFileMode.UserRead | UnixFileMode.GroupRead;
    private const UnixFileMode ReadWriteGroup = ReadGroup | UnixFileMode.UserWrite | UnixFileMode.GroupWrite;

    /// <param name="group">Null: leave everything as it is.</param>
    public static void Apply(string root, long? group, bool readOnly)
    {
        if (group is not { } gid) return;
        var mask = readOnly ? ReadGroup : ReadWriteGroup;
        Directory(root, gid, mask);
        foreach (var entry in new DirectoryInfo(root).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            if (entry.LinkTarget is not null) Syscalls.ChangeOwner(entry.FullName, -1, gid);
            else if (entry is DirectoryInfo) Directory(entry.FullName, gid, mask);
            else
            {
                Syscalls.ChangeOwner(entry.FullName, -1, gid);
                entry.UnixFileMode |= mask;
            }
        }
    }

    /// <summary>New files in it belong to the group too.</summary>
    private static void Directory(string path, long gid, UnixFileMode mask)
    {
        Syscalls.ChangeOwner(path, -1, gid);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | mask | UnixFileMode.SetGroup | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
    }
}
