using Coxswain.Api;
using Coxswain.Node.Linux;
using Coxswain.Node.Tests.Runtime;
using Coxswain.Node.Volumes;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>Disks that take nothing more.</summary>
public sealed class RealDiskTests(ContainerdFixture containerd) : RealPods(containerd)
{
    private static V1Pod WithMap(string name, string map)
    {
        var pod = NewPod(name);
        pod.Spec.Volumes = [new V1Volume { Name = "v", ConfigMap = new V1ConfigMapVolumeSource { Name = map } }];
        pod.Spec.Containers[0].VolumeMounts = [new V1VolumeMount { Name = "v", MountPath = "/v" }];
        return pod;
    }

    [Fact]
    public async Task FullDisk_HoldsUpThePodThatNeedsTheRoom_AndNoOther()
    {
        var pods = Directory.CreateDirectory(Path.Combine(Data, "pods")).FullName;
        Syscalls.Mount("tmpfs", pods, "tmpfs", 0, "size=400k"); // goes with the data directory
        await MapAsync("big", ("a", new string('x', 900_000)));
        var before = await StartAsync(WithMap("before", "app"));
        await Api.CreateAsync(Kinds.Pods, WithMap("big", "big"), TestContext.Current.CancellationToken);
        await TestNode.UntilAsync(() => Api.All(Kinds.Events).Any(e => e is { Reason: "FailedMount", InvolvedObject.Name: "big" } && e.Message.Contains("space left on device", StringComparison.OrdinalIgnoreCase)),
            () => string.Join('\n', Api.All(Kinds.Events).Select(e => e.Message)));
        Assert.Equal("ContainerCreating", Api.Find(Kinds.Pods, "default", "big")!.Status.ContainerStatuses[0].State.Waiting.Reason);

        var after = await StartAsync(WithMap("after", "app"));
        Assert.Equal("1", await RunAsync(after, "cat /v/a"));
        Assert.Equal(0, Api.Find(Kinds.Pods, "default", "before")!.Status.ContainerStatuses[0].RestartCount);
        Assert.Equal("1", await RunAsync(before, "cat /v/a"));

        Api.Change(Kinds.ConfigMaps, "default", "big", map => map.Data["a"] = "less");
        var big = await UntilAsync("big", TestNode.IsReady);
        Assert.Equal("less", await RunAsync(big, "cat /v/a"));
    }

    [Fact]
    public async Task DirectoryThatCannotBeWritten_HoldsUpThePodThatWantsIt_AndNoOther()
    {
        var closed = Directory.CreateDirectory(Path.Combine(Data, "closed")).FullName;
        Syscalls.Mount("tmpfs", closed, "tmpfs", Syscalls.MountReadOnly, "");
        try
        {
            var pod = NewPod("closed");
            pod.Spec.Volumes = [new V1Volume { Name = "v", HostPath = new V1HostPathVolumeSource { Path = Path.Combine(closed, "new"), Type = "DirectoryOrCreate" } }];
            pod.Spec.Containers[0].VolumeMounts = [new V1VolumeMount { Name = "v", MountPath = "/v" }];
            await Api.CreateAsync(Kinds.Pods, pod, TestContext.Current.CancellationToken);
            await TestNode.UntilAsync(() => Api.All(Kinds.Events).Any(e => e is { Reason: "FailedMount", InvolvedObject.Name: "closed" } && e.Message.Contains("ead-only file system", StringComparison.Ordinal)),
                () => string.Join('\n', Api.All(Kinds.Events).Select(e => e.Message)));
            await StartAsync(NewPod("other"));
            Assert.Equal("Pending", Api.Find(Kinds.Pods, "default", "closed")!.Status.Phase);
        }
        finally { new LinuxMounter().UnmountUnder(closed); }
        await UntilAsync("closed", TestNode.IsReady); // and now it can be
    }
}
