using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Coxswain.Node.Linux;

/// <summary>
/// Calls that take a directory's handle and a name in it. Names are the kernel's bytes with a zero at the end: not every name is UTF-8.
/// </summary>
internal static partial class Syscalls
{
    public const int PathOnly = 0x200000, CloseOnExec = 0x80000, NonBlocking = 0x800, Create = 0x40, Exclusive = 0x80, WriteOnly = 1;
    public const ulong NoMagicLinks = 2, NoSymbolicLinks = 4, Beneath = 8;
    private const int CurrentDirectory = -100, OfTheHandle = 0x1000, RemoveADirectory = 0x200;
    private const int OpenAt2 = 437;

    // These two differ between processors.
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
    public static readonly int DirectoryOnly = Arm ? 0x4000 : 0x10000;
    public static readonly int NoFollow = Arm ? 0x8000 : 0x20000;

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags, Mode, Resolve;
    }

    public static byte[] NameOf(string path) => Encoding.UTF8.GetBytes(path + '\0');

    public static string Text(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name.TrimEnd((byte)0));

    /// <summary>Opens a path as it is, links and all.</summary>
    /// <param name="mode">Of a file that is made, less the umask.</param>
    public static SafeFileHandle Open(string path, int flags, int mode = 0) =>
        TryOpen(path, flags, mode, out var error) ?? throw Failed($"open {path}", error);

    /// <returns>Null: <paramref name="error"/> says why.</returns>
    public static SafeFileHandle? TryOpen(string path, int flags, int mode, out int error)
    {
        var name = NameOf(path);
        do
        {
            if (openat(CurrentDirectory, name, flags | CloseOnExec, mode) is var descriptor and >= 0) return Opened(descriptor, out error);
            error = Marshal.GetLastPInvokeError();
        }
        while (error == Errno.Interrupted);
        return null;
    }

    /// <summary>Opens a name in a directory. Callers ask not to follow a link.</summary>
    public static SafeFileHandle OpenAt(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags, int mode = 0) =>
        TryOpenAt(directory, name, flags, mode, out var error) ?? throw Failed($"open {Text(name)}", error);

    /// <inheritdoc cref="OpenAt"/>
    /// <returns>Null: <paramref name="error"/> says why.</returns>
    public static SafeFileHandle? TryOpenAt(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags, int mode, out int error)
    {
        do
        {
            if (openat(directory, name, flags | CloseOnExec, mode) is var descriptor and >= 0) return Opened(descriptor, out error);
            error = Marshal.GetLastPInvokeError();
        }
        while (error == Errno.Interrupted);
        return null;
    }

    /// <summary>Opens a path of several names; the kernel sees to what <paramref name="resolve"/> forbids.</summary>
    /// <returns>Null: <paramref name="error"/> says why; <see cref="Errno.NotImplemented"/> also where somebody filters calls that he does
    /// not know.</returns>
    public static SafeFileHandle? TryOpenBeneath(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, ulong resolve, out int error)
    {
        var how = new OpenHow { Flags = (ulong)(uint)(flags | CloseOnExec), Resolve = resolve };
        for (var tries = 0; ; tries++)
        {
            var descriptor = (int)syscall(OpenAt2, directory, path, ref how, 3 * sizeof(ulong));
            if (descriptor >= 0) return Opened(descriptor, out error);
            error = Marshal.GetLastPInvokeError();
            if (error == Errno.NotPermitted) error = Errno.NotImplemented;
            if (error is not (Errno.Interrupted or Errno.Again) || tries == 32) return null; // Again: something was renamed meanwhile
        }
    }

    private static SafeFileHandle Opened(int descriptor, out int error)
    {
        error = 0;
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <returns>How many bytes of entries there are; 0 at the end.</returns>
    public static int ReadDirectory(SafeFileHandle directory, Span<byte> buffer)
    {
        var read = getdents64(directory, buffer, (nuint)buffer.Length);
        return read >= 0 ? (int)read : throw Failed("read a directory");
    }

    public static void Rewind(SafeFileHandle directory)
    {
        if (lseek(directory, 0, 0) < 0) throw Failed("read a directory");
    }

    /// <returns>0, or the error.</returns>
    public static int TryMakeDirectoryAt(SafeFileHandle directory, ReadOnlySpan<byte> name, int mode) =>
        mkdirat(directory, name, mode) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <param name="isDirectory">It has to be an empty directory; else anything but a directory.</param>
    /// <returns>0, or the error.</returns>
    public static int TryRemoveAt(SafeFileHandle directory, ReadOnlySpan<byte> name, bool isDirectory) =>
        unlinkat(directory, name, isDirectory ? RemoveADirectory : 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    public static void RenameAt(SafeFileHandle from, ReadOnlySpan<byte> name, SafeFileHandle to, ReadOnlySpan<byte> newName) =>
        Check(renameat(from, name, to, newName), $"rename {Text(name)} to {Text(newName)}");

    public static void LinkSymbolicallyAt(ReadOnlySpan<byte> target, SafeFileHandle directory, ReadOnlySpan<byte> name) =>
        Check(symlinkat(target, directory, name), $"link {Text(name)}");

    /// <returns>Where the open link leads.</returns>
    public static string ReadLink(SafeFileHandle link)
    {
        var buffer = new byte[4096];
        var length = readlinkat(link, "\0"u8, buffer, (nuint)buffer.Length);
        return length >= 0 ? Encoding.UTF8.GetString(buffer, 0, (int)length) : throw Failed("read a link");
    }

    /// <summary>Of what is open itself, be it a link.</summary>
    /// <param name="user">-1: as it is.</param>
    public static void ChangeOwner(SafeFileHandle file, long user, long group) =>
        Check(fchownat(file, "\0"u8, (uint)user, (uint)group, OfTheHandle), "chown");

    public static void ChangeMode(string path, int mode) => Check(chmod(path, mode), "chmod");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(int directory, ReadOnlySpan<byte> path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, SafeFileHandle directory, ReadOnlySpan<byte> path, ref OpenHow how, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getdents64(SafeFileHandle directory, Span<byte> buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeFileHandle directory, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdirat(SafeFileHandle directory, ReadOnlySpan<byte> name, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int renameat(SafeFileHandle from, ReadOnlySpan<byte> name, SafeFileHandle to, ReadOnlySpan<byte> newName);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlinkat(ReadOnlySpan<byte> target, SafeFileHandle directory, ReadOnlySpan<byte> name);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readlinkat(SafeFileHandle link, ReadOnlySpan<byte> name, Span<byte> buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchownat(SafeFileHandle file, ReadOnlySpan<byte> name, uint user, uint group, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chmod(string path, int mode);
}
