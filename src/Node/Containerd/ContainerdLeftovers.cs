using System.Diagnostics;
using System.Globalization;

namespace Coxswain.Node.Containerd;

/// <summary>The hard way, for what an orderly end left behind: shims and their processes, mounts, sockets, state.</summary>
internal static class ContainerdLeftovers
{
    public static void Remove(ContainerdPaths paths)
    {
        var bundles = Path.Combine(paths.State, "io.containerd.runtime.v2.task", "k8s.io");
        foreach (var bundle in Directory.Exists(bundles) ? Directory.GetDirectories(bundles) : []) End(bundle);
        foreach (var shim in ProcessIdentity.WithArgument(paths.Socket, program => program.StartsWith("containerd-shim", StringComparison.Ordinal))) KillProcess(shim);
        Mounts.UnmountUnder(paths.State);
        Mounts.UnmountUnder(paths.Root);
        Delete(paths.State);
        Delete(paths.Fifos);
        File.Delete(paths.PidFile);
        foreach (var socket in new[] { paths.Socket, paths.Socket + ".ttrpc" }) File.Delete(socket);
        if (paths.ShortDirectory is { } directory) Delete(directory);
    }

    /// <summary>The container's first process takes all others of its pid namespace with it.</summary>
    private static void End(string bundle)
    {
        var pidFile = Path.Combine(bundle, "init.pid");
        if (File.Exists(pidFile) && int.TryParse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture, out var pid) && RunsIn(pid, Path.GetFileName(bundle))) KillProcess(pid);
        var address = Path.Combine(bundle, "address");
        if (File.Exists(address) && File.ReadAllText(address) is var text && text.StartsWith("unix://", StringComparison.Ordinal)) File.Delete(text["unix://".Length..].Trim());
    }

    /// <summary>Guards against a number that was given to another process since: a container's process is in a cgroup of its name.</summary>
    private static bool RunsIn(int pid, string containerId)
    {
        try { return File.ReadAllText($"/proc/{pid}/cgroup").Contains(containerId, StringComparison.Ordinal); }
        catch (IOException) { return false; }
    }

    private static void KillProcess(int pid)
    {
        try { Process.GetProcessById(pid).Kill(); }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException) { } // gone
    }

    private static void Delete(string directory)
    {
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
    }
}
