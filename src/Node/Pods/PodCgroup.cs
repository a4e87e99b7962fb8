using System.Globalization;
using Coxswain.Node.Linux;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Pods;

/// <summary>The cgroup around all of a Pod's containers, with the sum of their limits. Works on cgroup v1 and v2.</summary>
internal static class PodCgroup
{
    private const string Mount = "/sys/fs/cgroup";

    private static bool IsV2 { get; } = File.Exists(Path.Combine(Mount, "cgroup.controllers"));

    /// <summary>Empty: the runtime's own default.</summary>
    public static string PathOf(PodContext pod) => pod.Node.Options is { Materialize: true, CgroupRoot: { Length: > 0 } root } ? CgroupNames.OfPod(root, pod.Uid, pod.Node.CgroupDriver) : "";

    /// <summary>Before the runtime makes the sandbox in it.</summary>
    public static void Create(PodContext pod)
    {
        // systemd makes a slice with the first unit in it, and would undo what was written before.
        if (pod.Node.CgroupDriver == CgroupDriver.Cgroupfs) Limit(pod);
    }

    /// <summary>Once the sandbox stands in it.</summary>
    public static void Complete(PodContext pod)
    {
        if (pod.Node.CgroupDriver == CgroupDriver.Systemd) Limit(pod);
    }

    private static void Limit(PodContext pod)
    {
        if (PathOf(pod) is not { Length: > 0 } path) return;
        var limits = ResourceMath.OfPod(pod.Pod);
        if (IsV2) CreateV2(path, limits);
        else CreateV1(path, limits);
    }

    public static void Remove(PodContext pod)
    {
        if (PathOf(pod) is { Length: > 0 } path) Remove(path);
    }

    public static void Remove(string path)
    {
        foreach (var directory in Hierarchies().Select(h => h + path).Where(Directory.Exists)) RemoveTree(directory);
    }

    /// <summary>Lets frozen containers go on below a cgroup: a frozen one cannot even be killed.</summary>
    public static void Thaw(string path)
    {
        foreach (var root in Hierarchies().Select(h => h + path).Where(Directory.Exists))
        {
            foreach (var directory in Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Append(root))
            {
                if (File.Exists($"{directory}/freezer.state")) TryWrite($"{directory}/freezer.state", "THAWED");
                if (File.Exists($"{directory}/cgroup.freeze")) TryWrite($"{directory}/cgroup.freeze", "0");
            }
        }
    }

    private static IEnumerable<string> Hierarchies()
    {
        if (IsV2) return [Mount];
        // Names such as cpu,cpuacct are links to each other: each place once.
        return Directory.Exists(Mount) ? Directory.EnumerateDirectories(Mount).Where(d => new DirectoryInfo(d).LinkTarget is null) : [];
    }

    private static void CreateV1(string path, LinuxResources limits)
    {
        foreach (var hierarchy in Hierarchies())
        {
            // cpuset groups start without processors and memory nodes; the runtime fills its own, and what it is not told of it does not join.
            // The v2 tree beside them has no controllers: what the runtime needs there it makes.
            if (Path.GetFileName(hierarchy) is "cpuset" or "unified") continue;
            Directory.CreateDirectory(hierarchy + path);
        }
        Write($"{Mount}/cpu{path}/cpu.shares", limits.CpuShares);
        if (limits.CpuQuota > 0)
        {
            Write($"{Mount}/cpu{path}/cpu.cfs_period_us", limits.CpuPeriod);
            Write($"{Mount}/cpu{path}/cpu.cfs_quota_us", limits.CpuQuota);
        }
        if (limits.MemoryLimit > 0) Write($"{Mount}/memory{path}/memory.limit_in_bytes", limits.MemoryLimit);
    }

    private static void CreateV2(string path, LinuxResources limits)
    {
        var directory = Mount;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var controller in (string[])["cpu", "memory", "pids"]) TryWrite($"{directory}/cgroup.subtree_control", "+" + controller);
            directory = $"{directory}/{part}";
            Directory.CreateDirectory(directory);
        }
        TryWrite($"{directory}/cpu.weight", ResourceMath.Weight(limits.CpuShares).ToString(CultureInfo.InvariantCulture));
        if (limits.CpuQuota > 0) TryWrite($"{directory}/cpu.max", $"{limits.CpuQuota} {limits.CpuPeriod}");
        if (limits.MemoryLimit > 0) TryWrite($"{directory}/memory.max", limits.MemoryLimit.ToString(CultureInfo.InvariantCulture));
    }

    private static void RemoveTree(string directory)
    {
        try
        {
            foreach (var child in Directory.EnumerateDirectories(directory)) RemoveTree(child);
            // A cgroup's files cannot be deleted and need not be: rmdir it is.
            Syscalls.RemoveDirectory(directory);
        }
        catch (IOException) { } // still a process in it, or gone meanwhile; the next start sweeps again
    }

    private static void Write(string file, long value) => TryWrite(file, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A controller that this machine lacks must not keep Pods from running.</summary>
    private static void TryWrite(string file, string value)
    {
        try { File.WriteAllText(file, value); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }
}
