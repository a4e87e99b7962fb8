using System.Runtime;
using System.Runtime.InteropServices;

namespace Coxswain;

/// <summary>The memory of this process: the runtime's heap, and that of libc, which SQLite and OpenSSL use.</summary>
internal static partial class ProcessMemory
{
    /// <summary>Everything that is not needed goes back to the machine. Takes some ten milliseconds, for which all threads stand still.</summary>
    public static void GiveBack()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            _ = TrimNativeHeap(0);
        }
        catch (EntryPointNotFoundException) { } // a libc that gives back by itself
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimNativeHeap(nuint keep);
}
