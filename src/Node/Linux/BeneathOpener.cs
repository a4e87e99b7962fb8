using Microsoft.Win32.SafeHandles;

namespace Coxswain.Node.Linux;

/// <summary>
/// Opens a path beneath a directory without following any link: in one call where the kernel has it (openat2, Linux 5.6), else name by
/// name.
/// </summary>
internal static class BeneathOpener
{
    private static readonly int Flags = Syscalls.PathOnly | Syscalls.NoFollow;
    private static volatile bool _walk;

    /// <param name="path">Relative, with a zero at its end.</param>
    /// <returns>Null: <paramref name="error"/> says why.</returns>
    public static SafeFileHandle? TryOpen(SafeFileHandle directory, ReadOnlySpan<byte> path, out int error)
    {
        if (!_walk)
        {
            const ulong Resolve = Syscalls.Beneath | Syscalls.NoSymbolicLinks | Syscalls.NoMagicLinks;
            var opened = Syscalls.TryOpenBeneath(directory, path, Flags, Resolve, out error);
            if (error != Errno.NotImplemented) return opened;
            _walk = true;
        }
        return TryWalk(directory, path, out error);
    }

    /// <summary>A link in the middle is opened as a link, and then is no directory.</summary>
    internal static SafeFileHandle? TryWalk(SafeFileHandle directory, ReadOnlySpan<byte> path, out int error)
    {
        path = path.TrimEnd((byte)0);
        var current = Syscalls.TryOpenAt(directory, ".\0"u8, Flags, 0, out error);
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range];
            if (current is null) return null;
            if (part.Length == 0) continue;
            using var last = current;
            byte[] name = [.. part, 0];
            current = Syscalls.TryOpenAt(last, name, Flags, 0, out error);
            if (!part.SequenceEqual(".."u8)) continue;
            current?.Dispose();
            (current, error) = (null, Errno.CrossesDevices);
        }
        return current;
    }
}
