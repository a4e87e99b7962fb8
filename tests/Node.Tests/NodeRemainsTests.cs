using Coxswain.Node.Linux;
using Coxswain.Node.Tests.Support;

namespace Coxswain.Node.Tests;

public sealed class NodeRemainsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cox-remains-");
    private readonly string _cgroupRoot = $"/coxswain-test-{Guid.NewGuid():n}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Containerd => Path.Combine(_directory.FullName, "containerd");
    private NodeRemains Remains => new(Containerd, Path.Combine(_directory.FullName, "node"), _cgroupRoot);

    public void Dispose()
    {
        Mounts.UnmountUnder(_directory.FullName, itself: false);
        _directory.Delete(recursive: true);
        foreach (var hierarchy in Hierarchies) if (Directory.Exists(hierarchy + _cgroupRoot)) Directory.Delete(hierarchy + _cgroupRoot);
    }

    private static string[] Hierarchies => File.Exists("/sys/fs/cgroup/cgroup.controllers") ? ["/sys/fs/cgroup"] : ["/sys/fs/cgroup/pids", "/sys/fs/cgroup/freezer"];

    [Fact]
    public void Any_WithoutAnything_IsFalse() => Assert.False(Remains.Any());

    [Fact]
    public async Task End_TakesTheClustersProcessesAndMounts_AndNobodyElses()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root");
        string config = $"{Containerd}/config.toml", socket = $"{Containerd}/containerd.sock";
        using var containerd = await HeldProcess.StartAsync("/usr/bin/containerd", "", ["--config", config]);
        using var shim = await HeldProcess.StartAsync("/usr/bin/containerd-shim-runc-v2", "", ["-namespace", "k8s.io", "-id", "a", "-address", socket]);
        using var container = await HeldProcess.StartAsync("sleep", EnterCgroup(""), []);
        using var inner = await HeldProcess.StartAsync("sleep", EnterCgroup("/pod1"), []);
        // What looks like them.
        using var others = await HeldProcess.StartAsync("/usr/bin/containerd", "", ["--config", $"{_directory.FullName}-other/containerd/config.toml"]);
        using var editor = await HeldProcess.StartAsync("vi", "", [config]);
        using var deeper = await HeldProcess.StartAsync("containerd-shim-runc-v2", "", ["-address", socket + "2"]);
        using var stranger = await HeldProcess.StartAsync("containerd", "", ["--config", config], user: "65534");
        using var neighbour = await HeldProcess.StartAsync("sleep", $"d=/sys/fs/cgroup/{Path.GetFileName(Hierarchies[0])}", ["--config", _cgroupRoot]);
        var mount = Directory.CreateDirectory($"{Containerd}/state/rootfs").FullName;
        var foreign = Directory.CreateDirectory($"{_directory.FullName}/disk").FullName;
        foreach (var point in new[] { mount, foreign }) Syscalls.Mount("tmpfs", point, "tmpfs", 0, "size=64k");
        Assert.True(Remains.Any());

        await Remains.EndAsync(TimeProvider.System, Ct);

        Assert.Equal([false, false, false, false], new[] { containerd, shim, container, inner }.Select(p => p.IsAlive));
        Assert.Equal([true, true, true, true, true], new[] { others, editor, deeper, stranger, neighbour }.Select(p => p.IsAlive));
        Assert.Equal([foreign], Mounts.Points().Where(p => p.StartsWith(_directory.FullName + "/", StringComparison.Ordinal)));
        Assert.False(Directory.Exists(Path.GetDirectoryName(mount)));
        Assert.False(Remains.Any());
        foreach (var hierarchy in Hierarchies) Directory.Delete(hierarchy + _cgroupRoot + "/pod1");
    }

    [Fact]
    public async Task End_OfAFrozenContainer_EndsIt()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root");
        using var container = await HeldProcess.StartAsync("sleep", EnterCgroup(""), []);
        foreach (var (file, value) in new[] { ("freezer.state", "FROZEN"), ("cgroup.freeze", "1") })
        foreach (var hierarchy in Hierarchies)
            if (File.Exists($"{hierarchy}{_cgroupRoot}/{file}")) await File.WriteAllTextAsync($"{hierarchy}{_cgroupRoot}/{file}", value, Ct);

        await Remains.EndAsync(TimeProvider.System, Ct);

        Assert.False(container.IsAlive);
    }

    [Fact]
    public async Task GivenSockets_AreThoseOfShimsAboveTheNodesContainers()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root");
        const string Given = "/run/elsewhere/containerd.sock";
        using var shim = await HeldProcess.StartAsync("containerd-shim-runc-v2", "bash -c 'echo $$ > " + _directory.FullName + "/child; " + EnterCgroup("").Replace("'", "\"", StringComparison.Ordinal) + "; echo > "
            + _directory.FullName + "/in; exec sleep 1000' & until [ -e " + _directory.FullName + "/in ]; do :; done", ["-address", Given]);

        Assert.Equal([Given], Remains.GivenSockets());

        await Remains.EndAsync(TimeProvider.System, Ct); // the child
        Assert.True(shim.IsAlive);
    }

    private string EnterCgroup(string below) => string.Join("; ", Hierarchies.Select(h => $"mkdir -p {h}{_cgroupRoot}{below}; echo $$ > {h}{_cgroupRoot}{below}/cgroup.procs"));
}
