using System.Runtime.InteropServices;

namespace Coxswain.Store.Sqlite;

/// <summary>The kernel's priority of the calling thread; the runtime's own setting has no effect on Linux.</summary>
internal static partial class ThreadPriority
{
    private const int OfThread = 0, Self = 0, Nice = -10; // PRIO_PROCESS with 0 is the calling thread, see setpriority(2)

    /// <summary>Lets the thread run as soon as it wakes, before others of the machine. Without the right to do so (CAP_SYS_NICE) all stays as it is.</summary>
    public static void Raise() => _ = SetPriority(OfThread, Self, Nice);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, int who, int priority);
}
