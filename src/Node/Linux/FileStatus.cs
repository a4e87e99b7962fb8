using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Coxswain.Node.Linux;

internal enum FileKind { None, Regular, Directory, SymbolicLink, Socket, CharDevice, BlockDevice, Other }

/// <summary>What a file is, as the kernel says.</summary>
/// <param name="Mode">Permissions, with setuid, setgid and sticky.</param>
/// <param name="Mount">The mount it was reached through; only of what is open.</param>
internal readonly partial record struct FileStatus(
    FileKind Kind, int Mode, uint User, uint Group, ulong Inode, ulong Device, ulong Mount, long Size)
{
    private const int CurrentDirectory = -100, OfTheHandle = 0x1000;
    private const uint BasicFields = 0x7FF, MountField = 0x1000;

    public bool IsDirectory => Kind == FileKind.Directory;

    public bool IsSameFile(FileStatus other) => Inode == other.Inode && Device == other.Device;

    /// <summary>Whether no mount lies between the two.</summary>
    public bool IsOnSameMount(FileStatus other) => Mount == other.Mount && Device == other.Device;

    /// <summary>What stands at a path, links followed. Kind <see cref="FileKind.None"/>: nothing does.</summary>
    public static FileStatus Of(string path)
    {
        Span<byte> buffer = stackalloc byte[256];
        return statx(CurrentDirectory, Syscalls.NameOf(path), 0, BasicFields | MountField, buffer) == 0 ? Read(buffer) : default;
    }

    /// <exception cref="IOException"/>
    public static FileStatus Of(SafeFileHandle file)
    {
        Span<byte> buffer = stackalloc byte[256];
        if (statx(file, "\0"u8, OfTheHandle, BasicFields | MountField, buffer) == 0)
        {
            var status = Read(buffer);
            return status.Mount != 0 ? status : status with { Mount = MountOf(file) };
        }
        throw Syscalls.Failed("stat", Marshal.GetLastPInvokeError());
    }

    /// <summary>statx: its layout is the same on every processor. The mode's upper four bits say what it is.</summary>
    private static FileStatus Read(ReadOnlySpan<byte> buffer)
    {
        static uint Field(ReadOnlySpan<byte> from, int at) => BitConverter.ToUInt32(from[at..]);
        var mode = BitConverter.ToUInt16(buffer[28..]);
        var mount = (Field(buffer, 0) & MountField) != 0 ? BitConverter.ToUInt64(buffer[144..]) : 0;
        return new FileStatus(KindOf(mode), mode & 0xFFF, Field(buffer, 20), Field(buffer, 24), BitConverter.ToUInt64(buffer[32..]),
            ((ulong)Field(buffer, 136) << 32) | Field(buffer, 140), mount, BitConverter.ToInt64(buffer[40..]));
    }

    /// <summary>As kernels before 5.8 tell it.</summary>
    private static ulong MountOf(SafeFileHandle file)
    {
        const string Field = "mnt_id:";
        var lines = File.ReadLines($"/proc/self/fdinfo/{file.DangerousGetHandle()}");
        var line = lines.FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
        return line is null ? 0 : ulong.Parse(line.AsSpan(Field.Length).Trim(), CultureInfo.InvariantCulture);
    }

    private static FileKind KindOf(ushort mode) => (mode & 0xF000) switch
    {
        0x8000 => FileKind.Regular,
        0x4000 => FileKind.Directory,
        0xA000 => FileKind.SymbolicLink,
        0xC000 => FileKind.Socket,
        0x2000 => FileKind.CharDevice,
        0x6000 => FileKind.BlockDevice,
        _ => FileKind.Other,
    };

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int directory, ReadOnlySpan<byte> path, int flags, uint mask, Span<byte> buffer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(SafeFileHandle file, ReadOnlySpan<byte> path, int flags, uint mask, Span<byte> buffer);
}
