using System.Diagnostics;
using System.Text;
using Coxswain.Api;
using Coxswain.Node.Logs;
using Coxswain.Node.Tests.Runtime;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Node.Tests.Pods;

/// <summary>The agent over a real containerd: what only the kernel can show.</summary>
public sealed class RealPodTests(ContainerdFixture containerd) : IClassFixture<ContainerdFixture>, IAsyncLifetime
{
    private readonly FakeApi _api = new(TimeProvider.System);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _cgroup = $"/coxtest-{Environment.ProcessId}";
    private readonly string _data = Path.Combine(containerd.DataDirectory, $"node-{Guid.NewGuid():n}");
    private NodeAgent _agent = null!;
    private Task _running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(ContainerdFixture.Missing is not null, ContainerdFixture.Missing ?? "");
        var options = new NodeAgentOptions
        {
            NodeName = TestNode.Name, DataDirectory = _data, NodeAddresses = ["127.0.0.1"], CgroupRoot = _cgroup,
        };
        _agent = new NodeAgent(options, _api, containerd.Host.Runtime, TimeProvider.System, NullLoggerFactory.Instance);
        _running = _agent.RunAsync(_stop.Token);
        foreach (var name in (string[])["app", "kube-root-ca.crt"])
        {
            var map = Kinds.ConfigMaps.New("default", name);
            map.Data = new Dictionary<string, string> { ["a"] = "1", ["ca.crt"] = "CA" };
            await _api.CreateAsync(Kinds.ConfigMaps, map, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pod in _api.All(Kinds.Pods)) await _api.DeleteAsync(Kinds.Pods, "default", pod.Metadata.Name, new V1DeleteOptions { GracePeriodSeconds = 1 }, CancellationToken.None);
        if (_agent is not null) await TestNode.UntilAsync(() => _api.All(Kinds.Pods).Count == 0);
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        NodeCleanup.Run(_data, _cgroup);
        Assert.DoesNotContain(Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup"), d => Directory.Exists(d + _cgroup));
        Assert.DoesNotContain(_data, await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
    }

    private static V1Pod NewPod(string name, params string[] command)
    {
        var pod = TestNode.NewPod(name, command);
        pod.Spec.Containers[0].Image = "coxtest:1";
        pod.Spec.Containers[0].TerminationMessagePath = "/dev/termination-log";
        pod.Spec.TerminationGracePeriodSeconds = 1;
        return pod;
    }

    private async Task<V1Pod> UntilAsync(string name, Func<V1Pod, bool> condition)
    {
        V1Pod? pod = null;
        await TestNode.UntilAsync(() => (pod = _api.Peek(Kinds.Pods, "default", name)) is not null && condition(pod),
            () => (pod is null ? "" : Encoding.UTF8.GetString(Kinds.Pods.Encode(pod))) + string.Join('\n', _api.All(Kinds.Events).Select(e => $"{e.Reason}: {e.Message}")));
        return pod!;
    }

    private async Task<string> RunAsync(V1Pod pod, string script)
    {
        using var output = new MemoryStream();
        await _agent.ExecAsync(pod, "c", ["sh", "-c", script], new Node.Runtime.ExecStreams { Stdout = output, Stderr = output }, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(output.ToArray());
    }

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
        await _api.CreateAsync(Kinds.Pods, pod, TestContext.Current.CancellationToken);
        pod = await UntilAsync("full", TestNode.IsReady);
        Assert.StartsWith("containerd://", pod.Status.ContainerStatuses[0].ContainerID, StringComparison.Ordinal);
        Assert.Equal("1 1 token-1", await RunAsync(pod, "echo -n \"$(cat /cfg/a) $(cat /tmp/one) $(cat /var/run/secrets/x/token)\""));
        Assert.Equal(pod.Status.PodIP, await RunAsync(pod, "echo -n $IP"));
        Assert.Contains($"{pod.Status.PodIP}\tfull", await RunAsync(pod, "cat /etc/hosts"), StringComparison.Ordinal);
        Assert.Equal("full\n", await RunAsync(pod, "hostname"));
        Assert.Contains(" /mem tmpfs ", await RunAsync(pod, "cat /proc/mounts"), StringComparison.Ordinal);
        Assert.Contains($"{_cgroup}/pod{pod.Metadata.Uid}/", await RunAsync(pod, "cat /proc/1/cgroup"), StringComparison.Ordinal);
        var map = _api.Peek(Kinds.ConfigMaps, "default", "app")!;
        map.Data["a"] = "changed";
        var changed = Stopwatch.GetTimestamp();
        await _api.UpdateAsync(Kinds.ConfigMaps, map, null, TestContext.Current.CancellationToken);
        while (await RunAsync(pod, "cat /cfg/a") != "changed") Assert.True(Stopwatch.GetElapsedTime(changed) < TimeSpan.FromSeconds(30));
        Assert.Equal("1", await RunAsync(pod, "cat /tmp/one")); // a subPath stays what it was
        using var log = new MemoryStream();
        await _agent.WriteLogAsync(pod, "c", new LogOptions(), log, TestContext.Current.CancellationToken);
        Assert.Equal("up\n", Encoding.UTF8.GetString(log.ToArray()));
    }

    [Fact]
    public async Task CrashingContainer_LeavesItsLastWords()
    {
        var pod = NewPod("crash", "sh", "-c", "echo -n it broke > /dev/termination-log; exit 7");
        await _api.CreateAsync(Kinds.Pods, pod, TestContext.Current.CancellationToken);
        var shown = await UntilAsync("crash", p => p.Status?.ContainerStatuses?[0] is { RestartCount: 1, State.Waiting.Reason: "CrashLoopBackOff" });
        var last = shown.Status.ContainerStatuses[0].LastState.Terminated;
        Assert.Equal((7, "Error", "it broke"), (last.ExitCode, last.Reason, last.Message));
    }

    [Fact]
    public async Task KilledContainer_IsRestartedAndCounted()
    {
        await _api.CreateAsync(Kinds.Pods, NewPod("killed", "sleep", "1000"), TestContext.Current.CancellationToken);
        var pod = await UntilAsync("killed", TestNode.IsReady);
        await containerd.Host.Runtime.StopContainerAsync(pod.Status.ContainerStatuses[0].ContainerID["containerd://".Length..], TimeSpan.Zero, TestContext.Current.CancellationToken);
        await UntilAsync("killed", p => TestNode.IsReady(p) && p.Status.ContainerStatuses[0].RestartCount == 1);
    }
}
