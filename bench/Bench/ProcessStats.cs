using System.Runtime.InteropServices;

namespace Coxswain.Bench;

/// <summary>What the kernel says of another process, and the polite way to end it.</summary>
internal static partial class ProcessStats
{
    private const int Terminate = 15;

    /// <summary>Bytes of it in memory, the pages of its executable included.</summary>
    public static long Resident(int pid) => 1024 * Field(pid, "VmRSS:");

    /// <summary>The most it ever had in memory.</summary>
    public static long PeakResident(int pid) => 1024 * Field(pid, "VmHWM:");

    /// <summary>From here on <see cref="PeakResident"/> counts anew.</summary>
    public static void ForgetPeak(int pid) => File.WriteAllText($"/proc/{pid}/clear_refs", "5"); // see proc_pid_clear_refs(5)

    /// <summary>Processor time, user and system, of all its threads.</summary>
    public static TimeSpan ProcessorTime(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name before may hold spaces
        return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11], null) + long.Parse(fields[12], null))); // Linux counts in hundredths of a second
    }

    public static void RequestEnd(int pid) => _ = Kill(pid, Terminate);

    private static long Field(int pid, string name) =>
        long.Parse(File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith(name, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], null);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
