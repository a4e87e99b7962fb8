using System.Diagnostics;
using System.Text;
using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Node.Logs;
using Coxswain.Node.Tests.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

public sealed class RealPodTests(ContainerdFixture containerd) : RealPods(containerd)
{
    [Fact]
    public async Task Pod_WithVolumesLimitsAndProbes_SeesThemAll()
    {
        var pod = NewPod("full", "sh", "-c", "echo up; trap 'exit 0' TERM; sleep 1000 & wait");
        pod.Spec.SecurityContext = new V1PodSecurityContext { FsGroup = 2000 };
        pod.Spec.Volumes =
        [
            new V1Volume { Name = "cfg", ConfigMap = new V1ConfigMapVolumeSource { Name = "app" } },
            new V1Volume { Name = "mem", EmptyDir = new V1EmptyDirVolumeSource { Medium = "Memory", SizeLimit = new ResourceQuantity("1Mi") } },
            new V1Volume { Name = "api", Projected = new V1ProjectedVolumeSource { Sources = [new V1VolumeProjection { ServiceAccountToken = new V1ServiceAccountTokenProjection { Path = "token", ExpirationSeconds = 3607 } }, new V1VolumeProjection { ConfigMap = new V1ConfigMapProjection { Name = "kube-root-ca.crt" } }] } },
        ];
        var c = pod.Spec.Containers[0];
        c.VolumeMounts = [new V1VolumeMount { Name = "cfg", MountPath = "/cfg" }, new V1VolumeMount { Name = "cfg", MountPath = "/tmp/one", SubPath = "a" }, new V1VolumeMount { Name = "mem", MountPath = "/mem" }, new V1VolumeMount { Name = "api", MountPath = "/var/run/secrets/x", ReadOnlyProperty = true }];
        c.Env = [new V1EnvVar { Name = "IP", ValueFrom = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { FieldPath = "status.podIP" } } }];
        c.Resources = new V1ResourceRequirements { Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("64Mi"), ["cpu"] = new("500m") } };
        c.ReadinessProbe = new V1Probe { Exec = new V1ExecAction { Command = ["cat", "/cfg/a"] }, PeriodSeconds = 1 };
        await Api.CreateAsync(Kinds.Pods, pod, TestContext.Current.CancellationToken);
        pod = await UntilAsync("full", TestNode.IsReady);
        Assert.StartsWith("containerd://", pod.Status.ContainerStatuses[0].ContainerID, StringComparison.Ordinal);
        Assert.Equal("1 1 token-1", await RunAsync(pod, "echo -n \"$(cat /cfg/a) $(cat /tmp/one) $(cat /var/run/secrets/x/token)\""));
        Assert.Equal(pod.Status.PodIP, await RunAsync(pod, "echo -n $IP"));
        Assert.Contains($"{pod.Status.PodIP}\tfull", await RunAsync(pod, "cat /etc/hosts"), StringComparison.Ordinal);
        Assert.Equal("full", await RunAsync(pod, "hostname"));
        Assert.Contains(" /mem tmpfs ", await RunAsync(pod, "cat /proc/mounts"), StringComparison.Ordinal);
        Assert.Contains($"{Cgroup}/pod{pod.Metadata.Uid}/", await RunAsync(pod, "cat /proc/1/cgroup"), StringComparison.Ordinal);
        var changed = Stopwatch.GetTimestamp();
        Api.Change(Kinds.ConfigMaps, "default", "app", map => map.Data["a"] = "changed");
        while (await RunAsync(pod, "cat /cfg/a") != "changed") Assert.True(Stopwatch.GetElapsedTime(changed) < TimeSpan.FromSeconds(30));
        Assert.Equal("1", await RunAsync(pod, "cat /tmp/one")); // a subPath stays what it was
        using var log = new MemoryStream();
        await Agent.WriteLogAsync(pod, "c", new LogOptions(), log, TestContext.Current.CancellationToken);
        Assert.Equal("up\n", Encoding.UTF8.GetString(log.ToArray()));
    }

    [Fact]
    public async Task CrashingContainer_LeavesItsLastWords()
    {
        var pod = NewPod("crash", "sh", "-c", "echo -n it broke > /dev/termination-log; exit 7");
        await Api.CreateAsync(Kinds.Pods, pod, TestContext.Current.CancellationToken);
        var shown = await UntilAsync("crash", p => p.Status?.ContainerStatuses?[0] is { RestartCount: 1, State.Waiting.Reason: "CrashLoopBackOff" });
        var last = shown.Status.ContainerStatuses[0].LastState.Terminated;
        Assert.Equal((7, "Error", "it broke"), (last.ExitCode, last.Reason, last.Message));
    }

    [Fact]
    public async Task KilledContainer_IsRestartedAndCounted()
    {
        await Api.CreateAsync(Kinds.Pods, NewPod("killed", "sleep", "1000"), TestContext.Current.CancellationToken);
        var pod = await UntilAsync("killed", TestNode.IsReady);
        await Containers.StopContainerAsync(IdOf(pod), TimeSpan.Zero, TestContext.Current.CancellationToken);
        await UntilAsync("killed", p => TestNode.IsReady(p) && p.Status.ContainerStatuses[0].RestartCount == 1);
    }
}
