using Coxswain.Node.Containerd;
using Coxswain.Node.Cri;
using Coxswain.Node.Linux;
using Coxswain.Node.Pods;
using Coxswain.Node.Pods.Config;

namespace Coxswain.Node;

/// <summary>
/// What a node has running on this machine, found without any of its files, by what nobody else's processes have: its containerd was told
/// to read the configuration
/// in its directory, its shims to report to the socket there, its containers are in its cgroup, its mounts lie in its directories.
/// </summary>
/// <param name="containerd">The directory of the node's own containerd.</param>
/// <param name="node">The agent's directory.</param>
/// <param name="cgroupRoot">Of all its Pods.</param>
public sealed class NodeRemains(string containerd, string node, string cgroupRoot)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private const string ShimName = "containerd-shim", ShimSockets = "/run/containerd/s/";

    private readonly ContainerdPaths _paths = new(containerd);
    private readonly string[] _configs = Names(new ContainerdPaths(containerd).Config), _sockets = Names(new ContainerdPaths(containerd).Socket);
    private readonly string[] _cgroups = [.. CgroupNames.Roots(cgroupRoot)];
    private readonly string[] _mountRoots =
        [RealPath.Of(Path.Combine(containerd, "state")), RealPath.Of(Path.Combine(containerd, "root")), RealPath.Of(new PodPaths(node).Pods)];

    /// <summary>Whether anything of the node's runs or is mounted.</summary>
    public bool Any() =>
        ProcFs.Pids().Any(pid => IsContainerd(pid) || IsShim(pid) || IsInPod(pid))
        || Mounts.Points().Any(p => _mountRoots.Any(root => p.StartsWith(root + "/", StringComparison.Ordinal)));

    /// <summary>Whether its own containerd runs.</summary>
    public bool HasContainerd() => ProcFs.Pids().Any(IsContainerd);

    /// <summary>The sockets of other containerds that hold containers of this node's Pods.</summary>
    public IReadOnlyList<string> GivenSockets() =>
        [.. ProcFs.Pids().Where(IsInPod).Select(ShimOf).OfType<int>().Select(AddressOf).OfType<string>().Distinct().Except(_sockets)];

    /// <summary>
    /// Ends it all, without asking anybody: containerd, so that nothing new is started; the containers; their shims. Then mounts and
    /// sockets go.
    /// </summary>
    /// <exception cref="IOException">Something cannot be ended or unmounted.</exception>
    public async Task EndAsync(TimeProvider time, CancellationToken ct)
    {
        await KillAsync(IsContainerd, time, ct);
        List<string> sockets = [.. ProcFs.Pids().Where(IsShim).SelectMany(ProcFs.Sockets).Where(s => s.StartsWith(ShimSockets, StringComparison.Ordinal))];
        foreach (var cgroup in _cgroups) PodCgroup.Thaw(cgroup);
        await KillAsync(IsInPod, time, ct);
        await KillAsync(IsShim, time, ct);
        foreach (var root in _mountRoots) Mounts.UnmountUnder(root, itself: false);
        foreach (var socket in sockets) File.Delete(socket);
        await ContainerdLeftovers.RemoveAsync(_paths, time, ct);
    }

    private async Task KillAsync(Func<int, bool> isOurs, TimeProvider time, CancellationToken ct)
    {
        List<int> left = [];
        if (await Settle.UntilAsync(KillAll, Limit, time, ct)) return;
        throw new IOException($"process {string.Join(", ", left)} of this cluster does not end, not even when it is killed");

        Task<bool> KillAll()
        {
            left = [.. ProcFs.Pids().Where(isOurs)]; // again and again: they may make more of themselves
            foreach (var pid in left) ProcFs.Signal(pid, ProcFs.KillNow, isOurs);
            return Task.FromResult(left.Count == 0);
        }
    }

    private bool IsContainerd(int pid) =>
        ProcFs.Arguments(pid) is [var program, .. var arguments] && Path.GetFileName(program) == "containerd"
        && Value(arguments, "--config") is { } config && _configs.Contains(config) && ProcFs.IsOfThisUser(pid);

    private bool IsShim(int pid) => AddressOf(pid) is { } address && _sockets.Contains(address);

    private bool IsInPod(int pid) =>
        ProcFs.Cgroups(pid).Any(path => _cgroups.Any(root => path.StartsWith(root + "/", StringComparison.Ordinal) || path == root));

    /// <summary>As it was written on the command line, which may lead through a symbolic link.</summary>
    private static string[] Names(string path) => [path, RealPath.Of(path)];

    /// <summary>The nearest shim above a container's process.</summary>
    private static int? ShimOf(int pid)
    {
        for (; pid > 1; pid = ProcFs.Parent(pid))
        {
            if (AddressOf(pid) is not null) return pid;
        }
        return null;
    }

    /// <summary>The containerd that a shim reports to; null for what is no shim.</summary>
    private static string? AddressOf(int pid) =>
        ProcFs.Arguments(pid) is [var program, .. var arguments] && Path.GetFileName(program).StartsWith(ShimName, StringComparison.Ordinal)
        && ProcFs.IsOfThisUser(pid)
            ? Value(arguments, "-address") : null;

    private static string? Value(string[] arguments, string flag) =>
        Array.IndexOf(arguments, flag) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
}
