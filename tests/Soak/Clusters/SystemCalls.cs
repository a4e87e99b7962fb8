using System.Runtime.InteropServices;

namespace Coxswain.Soak.Clusters;

/// <summary>Signals and mounts.</summary>
internal static partial class SystemCalls
{
    public const int Kill = 9, Terminate = 15, Continue = 18, Stop = 19;
    private const int DetachMount = 2;
    private const ulong NoSetUid = 2, NoDevices = 4;

    /// <returns>Whether there was such a process.</returns>
    public static bool Signal(int pid, int signal) => SendSignal(pid, signal) == 0;

    public static void MountMemory(string path, long bytes)
    {
        if (Mount("cox-soak", path, "tmpfs", NoSetUid | NoDevices, $"size={bytes},mode=0700") != 0)
            throw new IOException($"a tmpfs of {bytes >> 20} MiB cannot be mounted on {path}: {LastError()}");
    }

    /// <summary>Null, or why it is still used. With <paramref name="detach"/> it goes as soon as nobody uses it.</summary>
    public static string? Unmount(string path, bool detach) =>
        Umount(path, detach ? DetachMount : 0) == 0 ? null : LastError();

    public static void MakeFifo(string path)
    {
        if (Mkfifo(path, 0x180) != 0)
            throw new IOException($"no FIFO at {path}: {LastError()}");
    }

    private static string LastError() => Marshal.GetLastPInvokeErrorMessage();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Umount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mkfifo(string path, uint mode);
}
