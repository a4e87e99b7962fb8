namespace Coxswain.Soak.Clusters;

/// <summary>What the kernel says of a process.</summary>
internal static class ProcessFigures
{
    /// <summary>Bytes in memory; null when it is gone.</summary>
    public static long? Resident(int pid) => Field(pid, "VmRSS:");

    /// <summary>The most it ever had in memory.</summary>
    public static long? PeakResident(int pid) => Field(pid, "VmHWM:");

    /// <summary>Files and sockets it has open; null when it is gone.</summary>
    public static int? Handles(int pid)
    {
        try { return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Count(); }
        catch (IOException) { return null; }
    }

    private static long? Field(int pid, string name)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
            return line is null ? null : 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], null);
        }
        catch (IOException) { return null; }
    }
}
