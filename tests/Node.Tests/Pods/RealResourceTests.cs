using System.Diagnostics;
using System.Globalization;
using Coxswain.Node.Tests.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>Requests and limits as the kernel has them.</summary>
public sealed class RealResourceTests(ContainerdFixture containerd) : RealPods(containerd)
{
    private static bool IsV2 => File.Exists("/sys/fs/cgroup/cgroup.controllers");

    private string Read(V1Pod pod, string? container, string controller, string v1, string v2)
    {
        var group = $"{Cgroup}/pod{pod.Metadata.Uid}{(container is null ? "" : "/" + container)}";
        return File.ReadAllText(IsV2 ? $"/sys/fs/cgroup{group}/{v2}" : $"/sys/fs/cgroup/{controller}{group}/{v1}").Trim();
    }

    /// <summary>cgroup v1's shares; version 2 has weights.</summary>
    private long Shares(V1Pod pod, string? container) => long.Parse(Read(pod, container, "cpu", "cpu.shares", "cpu.weight"), CultureInfo.InvariantCulture);

    private static long Expected(long shares) => IsV2 ? 1 + (shares - 2) * 9999 / 262142 : shares;

    private string Quota(V1Pod pod, string? container) => IsV2 ? Read(pod, container, "", "", "cpu.max").Split(' ')[0] : Read(pod, container, "cpu", "cpu.cfs_quota_us", "");

    private string Memory(V1Pod pod, string? container) => Read(pod, container, "memory", "memory.limit_in_bytes", "memory.max");

    private static V1Pod Pod(string name, Dictionary<string, ResourceQuantity>? requests, Dictionary<string, ResourceQuantity>? limits)
    {
        var pod = NewPod(name);
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements { Requests = requests, Limits = limits };
        return pod;
    }

    private Task<string> OomScoreAsync(V1Pod pod) => RunAsync(pod, "cat /proc/1/oom_score_adj");

    [Fact]
    public async Task Limits_AreTheContainersAndThePodsCgroup()
    {
        var pod = await StartAsync(Pod("limited", new() { ["cpu"] = new("250m"), ["memory"] = new("32Mi") }, new() { ["cpu"] = new("500m"), ["memory"] = new("64Mi") }));
        var id = IdOf(pod);
        Assert.Equal("Burstable", pod.Status.QosClass);
        Assert.Equal((Expected(256), "50000", $"{64 << 20}"), (Shares(pod, id), Quota(pod, id), Memory(pod, id)));
        Assert.Equal((Expected(256), "50000", $"{64 << 20}"), (Shares(pod, null), Quota(pod, null), Memory(pod, null)));
        Assert.InRange(int.Parse(await OomScoreAsync(pod), CultureInfo.InvariantCulture), 2, 999); // asked for some of the node's memory: killed before the guaranteed, after those that asked for none
    }

    [Fact]
    public async Task NoRequests_IsBestEffort_TheFirstToBeKilledForMemory()
    {
        var pod = await StartAsync(NewPod("best"));
        Assert.Equal("BestEffort", pod.Status.QosClass);
        Assert.Equal("1000", await OomScoreAsync(pod));
        Assert.Equal(Expected(2), Shares(pod, IdOf(pod)));
    }

    [Fact]
    public async Task EqualRequestsAndLimits_AreGuaranteed()
    {
        var pod = await StartAsync(Pod("sure", null, new() { ["cpu"] = new("100m"), ["memory"] = new("32Mi") }));
        Assert.Equal("Guaranteed", pod.Status.QosClass);
        Assert.Equal(Expected(102), Shares(pod, IdOf(pod)));
        // -997 where this machine lets us; a runtime without the right to lower it leaves its own.
        Assert.True(int.Parse(await OomScoreAsync(pod), CultureInfo.InvariantCulture) <= int.Parse(await File.ReadAllTextAsync("/proc/self/oom_score_adj", TestContext.Current.CancellationToken), CultureInfo.InvariantCulture));
    }

    /// <summary>The reason may come after the end; and a container's shim that is late in asking the kernel never learns it: one of three is enough.</summary>
    [Fact]
    public async Task MoreMemoryThanTheLimit_IsOomKilled()
    {
        V1ContainerStateTerminated? ended = null;
        for (var i = 0; i < 3 && ended?.Reason != "OOMKilled"; i++)
        {
            var name = $"greedy-{i}";
            var pod = Pod(name, null, new() { ["memory"] = new("16Mi") });
            pod.Spec.RestartPolicy = "Never";
            pod.Spec.Containers[0].Command = ["sh", "-c", "x=0123456789abcdef; while true; do x=$x$x; done"];
            await Api.CreateAsync(Coxswain.Api.Kinds.Pods, pod, TestContext.Current.CancellationToken);
            var patience = Stopwatch.StartNew();
            ended = (await UntilAsync(name, p => p.Status?.Phase == "Failed" && (Terminated(p).Reason == "OOMKilled" || patience.Elapsed > TimeSpan.FromSeconds(15)))).Status.ContainerStatuses[0].State.Terminated;
            Assert.Equal(137, ended.ExitCode);
        }
        Assert.Equal("OOMKilled", ended!.Reason);

        static V1ContainerStateTerminated Terminated(V1Pod pod) => pod.Status.ContainerStatuses[0].State.Terminated;
    }
}
