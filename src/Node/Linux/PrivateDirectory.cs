namespace Coxswain.Node.Linux;

/// <summary>
/// Directories that only this process's user may look into, whatever the umask and whatever they were before. What lies below may then have any
/// mode: a container that mounts a part of it is given that part by root, and never walks the path.
/// </summary>
public static class PrivateDirectory
{
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    /// <summary>Makes it, or takes from group and others what they may do in it.</summary>
    /// <returns>The mode it had, if that let others in; null otherwise.</returns>
    /// <exception cref="IOException">It belongs to another user, who could put anything there.</exception>
    public static UnixFileMode? Ensure(string path)
    {
        Directory.CreateDirectory(path, Mode);
        if (FileOwner.Of(path) is var owner && owner != FileOwner.Self)
            throw new IOException($"{path} belongs to user {owner}; remove it, or give it to user {FileOwner.Self}");
        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) == 0) return null;
        File.SetUnixFileMode(path, mode & ~Others);
        return mode;
    }

    /// <summary>As <see cref="Ensure"/> where there is one already. What a link leads to serves others too and is left alone.</summary>
    /// <inheritdoc cref="Ensure"/>
    public static UnixFileMode? Tighten(string path) => new DirectoryInfo(path) is { Exists: true, LinkTarget: null } ? Ensure(path) : null;
}
