using System.Runtime.InteropServices;

namespace Coxswain.Node.Linux;

/// <summary>The few calls to the kernel that .NET has no words for.</summary>
internal static partial class Syscalls
{
    public const int MountReadOnly = 1, MountNoSuid = 2, MountNoDev = 4, MountNoExec = 8;
    public const uint MountBind = 1 << 12, MountRecursive = 1 << 14, MountPrivate = 1 << 18, MountSlave = 1 << 19, MountShared = 1 << 20;
    private const int Detach = 2;

    /// <exception cref="IOException"/>
    public static void Mount(string source, string target, string type, uint flags, string data) =>
        Check(mount(source, target, type, flags, data), $"mount {type} on {target}");

    /// <summary>Takes a mount away at once for all who look, even while it is in use. One that is gone already is none.</summary>
    /// <exception cref="IOException"/>
    public static void Unmount(string target)
    {
        if (umount2(target, Detach) != 0 && Marshal.GetLastPInvokeError() != Errno.Invalid) Check(-1, $"unmount {target}");
    }

    /// <summary>Replaces <paramref name="to"/> in one step, whatever the two are.</summary>
    public static void Rename(string from, string to) => Check(rename(from, to), $"rename {from} to {to}");

    public static void RemoveDirectory(string path) => Check(rmdir(path), $"remove {path}");

    private static void Check(int result, string what)
    {
        if (result != 0) throw Failed(what);
    }

    /// <summary>The last call's error.</summary>
    private static IOException Failed(string what) => Failed(what, Marshal.GetLastPInvokeError());

    public static IOException Failed(string what, int error) => new($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rmdir(string path);
}
