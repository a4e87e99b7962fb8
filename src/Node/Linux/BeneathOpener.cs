using Microsoft.Win32.SafeHandles;

namespace Coxswain.Node.Linux;

/// <summary>Opens a path beneath a directory without following any link: in one call where the kernel has it (openat2, Linux 5.6), else name by name.</summary>
internal static class BeneathOpener
{
    private const int Flags = Syscalls.PathOnly;
    private static volatile bool _walk;

    /// <param name="path">Relative, with a zero at its end.</param>
    public static SafeFileHandle Open(SafeFileHandle directory, ReadOnlySpan<byte> path)
    {
        if (!_walk)
        {
            var opened = Syscalls.OpenBeneath(directory, path, Flags | Syscalls.NoFollow, Syscalls.Beneath | Syscalls.NoSymbolicLinks | Syscalls.NoMagicLinks);
            if (opened is not null) return opened;
            _walk = true;
        }
        return Walk(directory, path);
    }

    /// <summary>A link in the middle is opened as a link, and then is no directory.</summary>
    internal static SafeFileHandle Walk(SafeFileHandle directory, ReadOnlySpan<byte> path)
    {
        path = path.TrimEnd((byte)0);
        SafeFileHandle? current = null;
        try
        {
            foreach (var range in path.Split((byte)'/'))
            {
                var part = path[range];
                if (part.Length == 0) continue;
                if (part.SequenceEqual(".."u8)) throw new IOException($"open {Syscalls.Text(path)}: it leads out", Errno.CrossesDevices);
                byte[] name = [.. part, 0];
                var next = Syscalls.OpenAt(current ?? directory, name, Flags | Syscalls.NoFollow);
                current?.Dispose();
                current = next;
            }
            return current ?? Syscalls.OpenAt(directory, ".\0"u8, Flags | Syscalls.NoFollow);
        }
        catch
        {
            current?.Dispose();
            throw;
        }
    }
}
