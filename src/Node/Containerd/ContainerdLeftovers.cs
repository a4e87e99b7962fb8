using System.Diagnostics;
using System.Globalization;
using Coxswain.Node.Cri;
using Coxswain.Node.Linux;

namespace Coxswain.Node.Containerd;

/// <summary>The hard way, for what an orderly end left behind: shims and their processes, mounts, sockets, state.</summary>
internal static class ContainerdLeftovers
{
    private static readonly TimeSpan CgroupLimit = TimeSpan.FromSeconds(2);

    public static async Task RemoveAsync(ContainerdPaths paths, TimeProvider time, CancellationToken ct)
    {
        var cgroups = new HashSet<string>();
        var bundles = Path.Combine(paths.State, "io.containerd.runtime.v2.task", "k8s.io");
        foreach (var bundle in Directory.Exists(bundles) ? Directory.GetDirectories(bundles) : []) End(bundle, cgroups);
        foreach (var shim in ProcessIdentity.WithArgument(paths.Socket, program => program.StartsWith("containerd-shim", StringComparison.Ordinal))) KillProcess(shim);
        // A cgroup can go once its last process has.
        await Settle.UntilAsync(() => Task.FromResult(cgroups.RemoveWhere(IsRemoved) >= 0 && cgroups.Count == 0), CgroupLimit, time, ct);
        Mounts.UnmountUnder(paths.State, itself: false);
        Mounts.UnmountUnder(paths.Root, itself: false);
        TreeRemoval.Remove(paths.State, ct);
        TreeRemoval.Remove(paths.Fifos, ct);
        foreach (var file in new[] { paths.PidFile, paths.Socket, paths.Socket + ".ttrpc" })
        {
            if (File.Exists(file)) File.Delete(file); // the directory itself may be gone
        }
        if (paths.ShortDirectory is { } directory) TreeRemoval.Remove(directory, ct);
    }

    /// <summary>The container's first process takes all others of its pid namespace with it.</summary>
    private static void End(string bundle, HashSet<string> cgroups)
    {
        var pidFile = Path.Combine(bundle, "init.pid");
        if (File.Exists(pidFile) && int.TryParse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture, out var pid))
        {
            // Guards against a number that was given to another process since: a container's process is in a cgroup of its name.
            var own = CgroupsOf(pid).Where(c => c.EndsWith(Path.GetFileName(bundle), StringComparison.Ordinal)).ToList();
            cgroups.UnionWith(own);
            if (own.Count > 0) KillProcess(pid);
        }
        var address = Path.Combine(bundle, "address");
        if (File.Exists(address) && File.ReadAllText(address) is var text && text.StartsWith("unix://", StringComparison.Ordinal)) File.Delete(text["unix://".Length..].Trim());
    }

    /// <summary>The directories of a process's cgroups, one a hierarchy.</summary>
    private static IEnumerable<string> CgroupsOf(int pid)
    {
        string[] lines;
        try { lines = File.ReadAllLines($"/proc/{pid}/cgroup"); }
        catch (IOException) { return []; } // ended
        var roots = File.ReadLines("/proc/self/mountinfo").Where(m => m.Contains(" - cgroup", StringComparison.Ordinal)).Select(m => m.Split(' ')[4]);
        // "4:memory:/k8s.io/1234"
        return from path in lines.Select(l => l.Split(':', 3)[2]).Distinct() where path.Length > 1
               from root in roots select root + path into directory where Directory.Exists(directory) select directory;
    }

    private static bool IsRemoved(string cgroup)
    {
        try { Directory.Delete(cgroup); }
        catch (DirectoryNotFoundException) { }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return false; } // still has processes
        return true;
    }

    private static void KillProcess(int pid)
    {
        try { Process.GetProcessById(pid).Kill(); }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException) { } // gone
    }
}
