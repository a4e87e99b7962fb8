using Coxswain.Node.Linux;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Volumes;
using k8s.Models;

namespace Coxswain.Node.Tests.Volumes;

/// <summary>Parts of volumes, against containers that change the volume while they are looked at.</summary>
public sealed class SubPathTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("/abs", "error SubPath `/abs` must not be an absolute path")]
    [InlineData("a/../b", "unable to provision SubPath `a/../b`: must not contain '..'")]
    public void Of_ExpressionThatExpandsToAWayOut_IsRefused(string value, string message)
    {
        var mount = new V1VolumeMount { Name = "v", MountPath = "/v", SubPathExpr = "$(WHERE)" };
        Assert.Equal(message, Assert.Throws<ConfigException>(() => SubPath.Of(mount, _ => value)).Message);
    }

    [Fact]
    public void Open_WhatIsMissing_IsMadeAsOpenAsTheVolume()
    {
        var volume = _scratch.MakeDirectory("v");
        File.SetUnixFileMode(volume, (UnixFileMode)0b010_111_111_111);
        using var opened = SubPath.Open(volume, "a/b");
        Assert.Equal(0b010_111_111_111, (int)File.GetUnixFileMode(Path.Combine(volume, "a/b")));
        Assert.True(opened.Status.IsSameFile(FileStatus.Of(Path.Combine(volume, "a/b"))));
    }

    [Fact]
    public void Open_BehindALinkThatLeadsNowhere_MakesNothing()
    {
        var volume = _scratch.MakeDirectory("v");
        _scratch.MakeLink("v/link", "elsewhere");
        Assert.True(Assert.Throws<SubPathException>(() => SubPath.Open(volume, "link/x")).Making);
        Assert.Equal([_scratch.At("v/link")], Directory.GetFileSystemEntries(volume));
    }

    [Fact]
    public void Open_WithoutItsVolume_SaysSo() =>
        Assert.Equal($"stat {_scratch.At("none")}: no such file or directory", Assert.Throws<ConfigException>(() => SubPath.Open(_scratch.At("none"), "a")).Message);

    /// <summary>The runtime follows the path long after the agent has looked.</summary>
    [Fact]
    public async Task PathForTheRuntime_StaysWhatWasOpened_WhateverBecomesOfItsName()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root");
        _scratch.MakeFile("volume/sub/inside");
        _scratch.MakeFile("outside/secret");
        await using var node = new TestNode(configure: o => o with { Materialize = true }) { RealMounter = new LinuxMounter() }.Start();
        try
        {
            var pod = TestNode.NewPod("p");
            pod.Spec.Volumes = [new V1Volume { Name = "v", HostPath = new V1HostPathVolumeSource { Path = _scratch.At("volume") } }];
            pod.Spec.Containers[0].VolumeMounts = [new V1VolumeMount { Name = "v", MountPath = "/v", SubPath = "sub" }];
            await node.CreateAsync(pod);
            await node.UntilAsync("p", TestNode.IsReady);
            var container = await node.Simulated.GetContainerAsync((await node.ContainersAsync()).Single().Id, TestContext.Current.CancellationToken);
            Directory.Move(_scratch.At("volume/sub"), _scratch.At("volume/away"));
            _scratch.MakeLink("volume/sub", _scratch.At("outside"));
            Assert.Equal(["inside"], Directory.GetFileSystemEntries(container!.Mounts.Single(m => m.ContainerPath == "/v").HostPath).Select(Path.GetFileName));
        }
        finally { Mounts.UnmountUnder(node.Directory, itself: true); }
    }

    [Fact]
    public void Bind_Again_KeepsWhatIsRight_AndReplacesWhatIsNot()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root");
        var (volume, mounter, path) = (_scratch.MakeDirectory("v"), new LinuxMounter(), _scratch.At("pod/v/c/0"));
        _scratch.MakeFile("v/dir/file", "text");
        void Bind(string part)
        {
            using var opened = SubPath.Open(volume, part);
            mounter.Bind(opened, path, shared: false);
        }
        string[] Points() => [.. File.ReadLines("/proc/self/mountinfo").Where(l => l.Split(' ')[4] == path).Select(l => l.Split(' ')[0])];
        Bind("dir");
        var first = Points();
        Bind("dir"); // another agent, after a restart
        Assert.Equal(first, Points());
        Bind("dir/file"); // a file in the place of a directory
        Assert.Equal("text", File.ReadAllText(path));
        File.Delete(_scratch.At("v/dir/file"));
        _scratch.MakeFile("v/dir/file", "another");
        Bind("dir/file");
        Assert.Equal("another", File.ReadAllText(path));
        Bind("dir");
        Assert.Equal([Path.Combine(path, "file")], Directory.GetFiles(path));
        Assert.Single(Points());
    }
}
