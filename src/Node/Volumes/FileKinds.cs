using System.Runtime.InteropServices;

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

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, Span<byte> buffer);
}
