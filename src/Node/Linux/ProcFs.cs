using System.Globalization;
using System.Runtime.InteropServices;

namespace Coxswain.Node.Linux;

/// <summary>What <c>/proc</c> tells of processes. One that ends while it is looked at has nothing to tell.</summary>
internal static partial class ProcFs
{
    public const int Terminate = 15, KillNow = 9;
    private const int PidfdOpen = 434, PidfdSendSignal = 424; // the same on x86-64 and arm64

    /// <summary>Every process that still runs; those that only wait to be reaped are none.</summary>
    public static IEnumerable<int> Pids() =>
        from directory in Directory.EnumerateDirectories("/proc")
        let pid = int.TryParse(Path.GetFileName(directory.AsSpan()), CultureInfo.InvariantCulture, out var number) ? number : 0
        where pid > 0 && Stat(pid) is { } stat && stat[0] is not ("Z" or "X")
        select pid;

    /// <summary>The command line; empty for the kernel's own.</summary>
    public static string[] Arguments(int pid) => Read(pid, "cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// Whether it runs as the user that this process runs as. Any other user can give a process whatever name and arguments he likes.
    /// </summary>
    public static bool IsOfThisUser(int pid) =>
        UserOf(Read(pid, "status")) is { } user && user == UserOf(File.ReadAllText("/proc/self/status"));

    public static int Parent(int pid) => Stat(pid) is { } stat ? int.Parse(stat[1], CultureInfo.InvariantCulture) : 0;

    /// <summary>Its cgroups, one a hierarchy: <c>/coxswain-1a2b3c4d/podUID/ID</c>.</summary>
    public static IEnumerable<string> Cgroups(int pid) =>
        Read(pid, "cgroup").Split('\n').Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).Select(parts => parts[2]);

    /// <summary>The Unix sockets by name that it has open.</summary>
    public static List<string> Sockets(int pid)
    {
        const string Socket = "socket:[";
        var open = OpenFiles(pid).Select(f => f.Target).Where(t => t.StartsWith(Socket, StringComparison.Ordinal)).Select(t => t[Socket.Length..^1]).ToHashSet();
        // "0000: 00000002 00000000 00010000 0001 01 25413 /run/containerd/s/..."
        var lines = Read(pid, "net/unix").Split('\n').Select(line => line.Split(' ', 8, StringSplitOptions.RemoveEmptyEntries));
        return [.. lines.Where(f => f.Length == 8 && open.Contains(f[6])).Select(f => f[7])];
    }

    /// <summary>The files it has open: number, and path (with <c> (deleted)</c> behind one that is gone).</summary>
    public static IEnumerable<(string Number, string Target)> OpenFiles(int pid)
    {
        string[] entries;
        try { entries = Directory.GetFileSystemEntries($"/proc/{pid}/fd"); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { yield break; }
        foreach (var entry in entries)
        {
            string? target;
            try { target = new FileInfo(entry).LinkTarget; }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { continue; } // closed meanwhile
            if (target is not null) yield return (Path.GetFileName(entry), target);
        }
    }

    /// <summary>Whether it holds an exclusive lock (flock) on one of its open files.</summary>
    public static bool HoldsLock(int pid, string number) =>
        Read(pid, $"fdinfo/{number}").Split('\n').Any(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["lock:", _, "FLOCK", _, "WRITE", ..]);

    /// <summary>
    /// Sends a signal to a process that is what it should be. It is held by a handle while it is looked at: its number cannot pass to
    /// another meanwhile.
    /// </summary>
    public static void Signal(int pid, int signal, Func<int, bool> isExpected)
    {
        var handle = (int)SystemCall(PidfdOpen, pid, 0, 0, 0);
        if (handle < 0) return; // ended
        try
        {
            if (isExpected(pid)) _ = SystemCall(PidfdSendSignal, handle, signal, 0, 0);
        }
        finally { _ = Close(handle); }
    }

    /// <summary>The fields behind the name (which may hold blanks): state, parent ...</summary>
    private static string[]? Stat(int pid) =>
        Read(pid, "stat") is { Length: > 0 } stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static string? UserOf(string status) =>
        status.Split('\n').FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal)) is { } line
        && line.Split('\t') is [_, _, var effective, ..] ? effective : null;

    private static string Read(int pid, string file)
    {
        try { return File.ReadAllText($"/proc/{pid}/{file}"); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return ""; }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);
}
