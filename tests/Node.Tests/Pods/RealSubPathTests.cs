using Coxswain.Api;
using Coxswain.Node.Linux;
using Coxswain.Node.Tests.Runtime;
using Coxswain.TestKit;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>Parts of volumes as containers see them, and containers that try to get out through them.</summary>
public sealed class RealSubPathTests(ContainerdFixture containerd) : RealPods(containerd)
{
    private static V1Container Container(string name, params string[] command)
    {
        var container = NewPod("x", command).Spec.Containers[0];
        container.Name = name;
        return container;
    }

    private static V1VolumeMount Part(string path, string subPath, string? propagation = null, bool? readOnly = null) =>
        new() { Name = "v", MountPath = path, SubPath = subPath, MountPropagation = propagation, ReadOnlyProperty = readOnly };

    /// <summary>One container exchanges the directory for a link to the node's, without end; the others start with it meanwhile.</summary>
    [Fact]
    public async Task ExchangedForALinkToTheNode_ShowsNoContainerTheNode()
    {
        Assert.SkipWhen(ExchangeProgram.Missing is not null, ExchangeProgram.Missing ?? "");
        var outside = Directory.CreateDirectory(Path.Combine(Data, "outside")).FullName;
        File.SetUnixFileMode(outside, (UnixFileMode)0b111_111_111);
        await File.WriteAllTextAsync(Path.Combine(outside, "secret"), "", TestContext.Current.CancellationToken);
        var program = Kinds.ConfigMaps.New("default", "program");
        program.BinaryData = new Dictionary<string, byte[]> { ["exchange"] = ExchangeProgram.Make("sub", "link") };
        await Api.CreateAsync(Kinds.ConfigMaps, program, TestContext.Current.CancellationToken);
        var pod = NewPod("attack");
        pod.Spec.Volumes =
        [
            new V1Volume { Name = "v", EmptyDir = new V1EmptyDirVolumeSource() },
            new V1Volume { Name = "x", ConfigMap = new V1ConfigMapVolumeSource { Name = "program", DefaultMode = 0b111_101_101 } },
        ];
        // The postStart hook holds the others back until it runs.
        var attacker = Container("attacker", "sh", "-c", $"cd /v; mkdir sub; touch sub/inside; /bin/busybox ln -s {outside} link; exec /x/exchange");
        attacker.Lifecycle = new V1Lifecycle { PostStart = new V1LifecycleHandler { Exec = new V1ExecAction { Command = ["sh", "-c", "until readlink /v/sub; do :; done"] } } };
        attacker.VolumeMounts = [new V1VolumeMount { Name = "v", MountPath = "/v" }, new V1VolumeMount { Name = "x", MountPath = "/x" }];
        pod.Spec.Containers = [attacker];
        for (var i = 0; i < 10; i++)
        {
            var victim = Container($"victim-{i}", "sh", "-c", "ls /v; touch /v/was-here; exec sleep 1000");
            victim.VolumeMounts = [Part("/v", "sub")];
            pod.Spec.Containers.Add(victim);
        }
        await Api.CreateAsync(Kinds.Pods, pod, TestContext.Current.CancellationToken);
        var shown = await UntilAsync("attack", p => p.Status?.ContainerStatuses is { } all
            && all.All(c => c.State.Running is not null || c.State.Waiting?.Message?.StartsWith("failed to prepare subPath", StringComparison.Ordinal) == true));
        var running = shown.Status.ContainerStatuses.Where(c => c.State.Running is not null && c.Name != "attacker").ToList();
        foreach (var victim in running) Assert.DoesNotContain("secret", await RunAsync(shown, "ls /v", victim.Name), StringComparison.Ordinal);
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(outside).Select(Path.GetFileName));
        TestContext.Current.TestOutputHelper?.WriteLine($"{running.Count} of 10 run");
    }

    [Fact]
    public async Task FilesAndDirectories_OutliveTheContainer_AndLeaveNoMountBehindThePod()
    {
        var pod = NewPod("parts");
        pod.Spec.Volumes = [new V1Volume { Name = "v", EmptyDir = new V1EmptyDirVolumeSource() }];
        var writer = Container("writer");
        writer.VolumeMounts = [new V1VolumeMount { Name = "v", MountPath = "/v" }];
        writer.Lifecycle = new V1Lifecycle { PostStart = new V1LifecycleHandler { Exec = new V1ExecAction { Command = ["sh", "-c", "mkdir /v/dir; echo text > /v/dir/file; /bin/busybox ln -s dir/file /v/link"] } } };
        var reader = pod.Spec.Containers[0];
        reader.VolumeMounts = [Part("/dir", "dir"), Part("/file", "dir/file"), Part("/link", "link"), Part("/ro", "dir", readOnly: true), Part("/new", "a/b")];
        pod.Spec.Containers = [writer, reader];
        pod = await StartAsync(pod);
        const string Look = "cat /dir/file /file /link /ro/file; ls -a /new | wc -l; touch /ro/x 2>&1";
        const string Seen = "text\ntext\ntext\ntext\n2\ntouch: /ro/x: Read-only file system";
        Assert.Equal(Seen, await RunAsync(pod, Look));
        await Containers.StopContainerAsync(pod.Status.ContainerStatuses.Single(c => c.Name == "c").ContainerID["containerd://".Length..], TimeSpan.Zero, TestContext.Current.CancellationToken);
        pod = await UntilAsync("parts", p => TestNode.IsReady(p) && p.Status.ContainerStatuses.Any(c => c.RestartCount == 1));
        Assert.Equal(Seen, await RunAsync(pod, Look));
        var parts = Path.Combine(Data, "pods", pod.Metadata.Uid, "volume-subpaths", "v", "c");
        Assert.Equal(5, Mounts.Points().Count(p => p.StartsWith(parts, StringComparison.Ordinal)));
        await Api.DeleteAsync(Kinds.Pods, "default", "parts", new V1DeleteOptions { GracePeriodSeconds = 1 }, TestContext.Current.CancellationToken);
        await TestNode.UntilAsync(() => Api.Find(Kinds.Pods, "default", "parts") is null && !Directory.Exists(Path.Combine(Data, "pods", pod.Metadata.Uid)));
        Assert.DoesNotContain(Mounts.Points(), p => p.StartsWith(Path.Combine(Data, "pods"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task MountPropagation_WorksThroughAPart_AndThePodsEndLeavesTheNodesMounts()
    {
        var shared = Directory.CreateDirectory(Path.Combine(Data, "shared")).FullName;
        Syscalls.Mount("tmpfs", shared, "tmpfs", 0, "");
        try
        {
            Syscalls.Mount("", shared, "", Syscalls.MountShared, "");
            foreach (var name in (string[])["part/node", "part/pod"]) Directory.CreateDirectory(Path.Combine(shared, name));
            var pod = NewPod("mounts");
            pod.Spec.Volumes = [new V1Volume { Name = "v", HostPath = new V1HostPathVolumeSource { Path = shared } }];
            var both = Container("both");
            (both.SecurityContext, both.VolumeMounts) = (new V1SecurityContext { Privileged = true }, [Part("/s", "part", "Bidirectional")]);
            var deaf = Container("deaf");
            deaf.VolumeMounts = [Part("/s", "part")];
            pod.Spec.Containers[0].VolumeMounts = [Part("/s", "part", "HostToContainer")];
            pod.Spec.Containers = [pod.Spec.Containers[0], both, deaf];
            pod = await StartAsync(pod);

            Syscalls.Mount("tmpfs", Path.Combine(shared, "part/node"), "tmpfs", 0, "");
            Assert.Equal("", await RunAsync(pod, "mount -t tmpfs none /s/pod", "both"));
            Task<string> MountsAsync(string container) => RunAsync(pod, "grep ' /s/' /proc/mounts | cut -d' ' -f2", container);
            Assert.Equal(("/s/node\n/s/pod", "/s/node\n/s/pod", ""), (await MountsAsync("both"), await MountsAsync("c"), await MountsAsync("deaf")));

            await Api.DeleteAsync(Kinds.Pods, "default", "mounts", new V1DeleteOptions { GracePeriodSeconds = 1 }, TestContext.Current.CancellationToken);
            await TestNode.UntilAsync(() => !Directory.Exists(Path.Combine(Data, "pods", pod.Metadata.Uid)));
            var left = Mounts.Points();
            Assert.Contains(Path.Combine(shared, "part/node"), left);
            Assert.Contains(Path.Combine(shared, "part/pod"), left);
        }
        finally { Mounts.UnmountUnder(shared, itself: true); }
    }
}
