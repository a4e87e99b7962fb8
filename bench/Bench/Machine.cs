using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Coxswain.Bench;

/// <summary>What the figures were measured on.</summary>
internal static partial class Machine
{
    private const int Writes = 100;

    /// <param name="directory">On the disk that clusters will write to.</param>
    public static string Describe(string directory)
    {
        var cpu = First("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = First("/proc/meminfo", "MemTotal")?.Split(' ')[0] is { } kb ? long.Parse(kb, null) * 1024.0 : 0;
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        return $"{Environment.ProcessorCount} cores ({cpu}), {memory / (1L << 30):0.0} GiB of memory, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, "
            + $"fdatasync of 4 KiB {Figures.Ms(Math.Round(SyncTime(directory), 2))} (median of {Writes}), load average {load} at the start, {DateTime.UtcNow:yyyy-MM-dd}";
    }

    /// <summary>Median milliseconds of a 4 KiB append made durable.</summary>
    private static double SyncTime(string directory)
    {
        var file = Path.Combine(directory, "fdatasync");
        try
        {
            using var handle = File.OpenHandle(file, FileMode.Create, FileAccess.Write);
            var page = new byte[4096];
            var times = new double[Writes];
            for (var i = 0; i < Writes; i++)
            {
                RandomAccess.Write(handle, page, (long)i * page.Length);
                var clock = Stopwatch.GetTimestamp();
                if (FDataSync(handle) != 0) return double.NaN;
                times[i] = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
            }
            return Figures.Median(times);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string? First(string file, string key) =>
        File.ReadLines(file).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();

    [LibraryImport("libc", EntryPoint = "fdatasync")]
    private static partial int FDataSync(SafeHandle file);
}
