using System.Globalization;
using System.Runtime.InteropServices;

namespace Coxswain.Node.NodeStatus;

/// <summary>What this machine is and has, read once from the kernel.</summary>
internal sealed record MachineInfo(string Architecture, string BootId, string MachineId, string SystemUuid, string KernelVersion, string OsImage)
{
    public static MachineInfo Read() => new(
        RuntimeInformation.OSArchitecture switch { System.Runtime.InteropServices.Architecture.X64 => "amd64", System.Runtime.InteropServices.Architecture.Arm64 => "arm64", var other => other.ToString().ToLowerInvariant() },
        Text("/proc/sys/kernel/random/boot_id"),
        Text("/etc/machine-id"),
        Text("/sys/class/dmi/id/product_uuid") is { Length: > 0 } uuid ? uuid : Text("/etc/machine-id"),
        Text("/proc/sys/kernel/osrelease"),
        OsName());

    /// <summary>By resource name, in whole units, as quantities are written.</summary>
    public static Dictionary<string, string> Capacity(string dataDirectory, int maxPods) => new()
    {
        ["cpu"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
        ["ephemeral-storage"] = $"{Disk(dataDirectory) / 1024}Ki",
        ["hugepages-1Gi"] = "0",
        ["hugepages-2Mi"] = "0",
        ["memory"] = $"{MemoryKib()}Ki",
        ["pods"] = maxPods.ToString(CultureInfo.InvariantCulture),
    };

    private static long MemoryKib()
    {
        var line = File.ReadLines("/proc/meminfo").FirstOrDefault(l => l.StartsWith("MemTotal:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static long Disk(string directory)
    {
        var existing = directory;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent) existing = parent;
        try { return new DriveInfo(existing).TotalSize; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException) { return 0; }
    }

    private static string OsName()
    {
        var file = File.Exists("/etc/os-release") ? "/etc/os-release" : "/usr/lib/os-release";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("PRETTY_NAME=", StringComparison.Ordinal)) : null;
        return line?["PRETTY_NAME=".Length..].Trim('"') ?? "Linux";
    }

    private static string Text(string path)
    {
        try { return File.Exists(path) ? File.ReadAllText(path).Trim() : ""; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return ""; }
    }
}
