using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Coxswain.Node.Volumes;

internal enum FileKind { None, Regular, Socket, CharDevice, BlockDevice, Other }

/// <summary>What stands at a path, beyond file and directory.</summary>
internal static partial class FileKinds
{
    public static FileKind Of(string path)
    {
        if (!File.Exists(path)) return FileKind.None;
        // statx: its layout is the same on every architecture. The mode's upper four bits say what it is.
        Span<byte> buffer = stackalloc byte[256];
        if (statx(-100, path, 0, 1, buffer) != 0) return FileKind.None;
        return (BitConverter.ToUInt16(buffer[28..]) & 0xF000) switch
        {
            0x8000 => FileKind.Regular,
            0xC000 => FileKind.Socket,
            0x2000 => FileKind.CharDevice,
            0x6000 => FileKind.BlockDevice,
            _ => FileKind.Other,
        };
    }

    /// <summary>Whether the open file is the one that stands at the path now.</summary>
    public static bool IsAt(SafeFileHandle file, string path)
    {
        const int OfTheHandle = 0x1000;
        const uint Number = 0x100;
        Span<byte> open = stackalloc byte[256], there = stackalloc byte[256];
        return statx((int)file.DangerousGetHandle(), "", OfTheHandle, Number, open) == 0 && statx(-100, path, 0, Number, there) == 0
            && open[32..40].SequenceEqual(there[32..40]) && open[136..144].SequenceEqual(there[136..144]); // the inode, and its device
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, Span<byte> buffer);
}
