using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>The machine's clock is set an hour or a day ahead or back while Pods run: what the agent does with them goes by the time that passes.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Time enough for whatever the new time might set off: the heartbeat comes and goes, and the Pod is looked at.</summary>
    private static async Task LetItBeNoticedAsync(TestNode node, string pod)
    {
        node.Api.Change(Kinds.Pods, "default", pod, p => p.Metadata.Labels = new Dictionary<string, string> { ["look"] = Guid.NewGuid().ToString("n") });
        for (var beat = 0; beat < 2; beat++)
        {
            var before = RenewTime(node);
            await node.AdvanceUntilAsync(() => RenewTime(node) != before, TimeSpan.FromSeconds(11));
        }
    }

    private static DateTime? RenewTime(TestNode node) => node.Api.Find(Kinds.Leases, "kube-node-lease", TestNode.Name)?.Spec.RenewTime;

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task BackOff_ClockSet_IsOverInItsTime(int hours)
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("crash", "false"));
        await node.UntilAsync("crash", p => p.Status?.ContainerStatuses?[0] is { RestartCount: 1, State.Waiting.Reason: "CrashLoopBackOff" });
        node.Time.Set(hours * Hour);
        node.Api.Change(Kinds.Pods, "default", "crash", p => p.Metadata.Labels = new Dictionary<string, string> { ["look"] = "again" });

        var over = node.Time.GetTimestamp() + TimeSpan.FromSeconds(9).Ticks;
        await node.AdvanceUntilAsync(() => node.Time.GetTimestamp() >= over, TimeSpan.FromSeconds(9)); // a step at a time: each could bring it about
        Assert.Equal(1, node.Pod("crash")!.Status.ContainerStatuses[0].RestartCount);
        node.Time.Advance(TimeSpan.FromSeconds(1));
        await node.UntilAsync("crash", p => p.Status?.ContainerStatuses?[0] is { RestartCount: 2, State.Waiting.Reason: "CrashLoopBackOff" });
    }

    /// <summary>Its containers are younger than their sandbox, whatever the times say that both were made at.</summary>
    [Fact]
    public async Task Container_RestartedAfterTheClockWasSetBack_IsLeftAlone()
    {
        await using var node = new TestNode(new Simulation { Run = c => new SimulatedProcess { RunsFor = c.Annotations["io.kubernetes.container.restartCount"] == "0" ? TimeSpan.FromSeconds(60) : TimeSpan.FromDays(1), ExitCode = 1 } }).Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        await node.UntilAsync("p", TestNode.IsReady);
        node.Time.Set(-Hour);
        node.Time.Advance(TimeSpan.FromSeconds(60));
        var again = await node.UntilAsync("p", p => p.Status.ContainerStatuses[0] is { RestartCount: 1, State.Running: not null });
        await LetItBeNoticedAsync(node, "p");

        Assert.Equal(again.Status.ContainerStatuses[0].ContainerID, node.Pod("p")!.Status.ContainerStatuses[0].ContainerID);
        Assert.Empty(node.Events("Killing"));
    }

    [Fact]
    public async Task ActiveDeadline_ClockSetAhead_IsTheSecondsThatPass()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("slow");
        pod.Spec.ActiveDeadlineSeconds = 120;
        await node.CreateAsync(pod);
        await node.UntilAsync("slow", TestNode.IsReady);
        node.Time.Set(24 * Hour);
        await LetItBeNoticedAsync(node, "slow");

        Assert.True(TestNode.IsReady(node.Pod("slow")!));
        await node.AdvanceUntilAsync(() => node.Pod("slow")!.Status.Phase == "Failed", TimeSpan.FromSeconds(120));
        Assert.Equal("DeadlineExceeded", node.Pod("slow")!.Status.Reason);
    }

    [Fact]
    public async Task ActiveDeadline_ClockSetBack_IsNotPutOff()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("slow");
        pod.Spec.ActiveDeadlineSeconds = 30;
        await node.CreateAsync(pod);
        await node.UntilAsync("slow", TestNode.IsReady);
        node.Time.Set(-Hour);

        await node.AdvanceUntilAsync(() => node.Pod("slow")!.Status.Phase == "Failed", TimeSpan.FromSeconds(40));
    }

    /// <summary>The container has been up for no time at all, says the clock, and for less than that.</summary>
    [Fact]
    public async Task InitialDelay_ClockSetBackWhileTheAgentWasAway_IsNoLongerThanItIs()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.Containers[0].ReadinessProbe = new V1Probe { Exec = new V1ExecAction { Command = ["check"] }, InitialDelaySeconds = 5, PeriodSeconds = 1, FailureThreshold = 1, SuccessThreshold = 1, TimeoutSeconds = 1 };
        await node.CreateAsync(pod);
        await node.UntilAsync("p", p => p.Status?.ContainerStatuses?[0].State.Running is not null);
        await node.KillAsync();
        node.Time.Set(-Hour);
        node.Start();

        await node.AdvanceUntilAsync(() => TestNode.IsReady(node.Pod("p")!), TimeSpan.FromSeconds(10));
    }

    /// <summary>What a token says of its time is read by the machine's clock, by whoever checks it: it is made anew at the next heartbeat.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(-1)]
    public async Task Token_ClockSet_IsRenewedWithinAHeartbeat(int hours)
    {
        await using var node = new TestNode(configure: o => o with { Materialize = true, ClusterDns = ["10.43.0.10"] }).Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.Volumes = [new V1Volume { Name = "v", Projected = new V1ProjectedVolumeSource { Sources = [new V1VolumeProjection { ServiceAccountToken = new V1ServiceAccountTokenProjection { ExpirationSeconds = 3600, Path = "token" } }] } }];
        pod.Spec.Containers[0].VolumeMounts = [new V1VolumeMount { Name = "v", MountPath = "/v" }];
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        var id = (await node.ContainersAsync()).Single(c => c.Name == "c").Id;
        var file = Path.Combine((await node.Simulated.GetContainerAsync(id, Ct))!.Mounts.Single(m => m.ContainerPath == "/v").HostPath, "token");
        Assert.Equal("token-1", await File.ReadAllTextAsync(file, Ct));
        await TestNode.UntilAsync(() => RenewTime(node) is not null);
        node.Time.Set(hours * Hour);

        await node.AdvanceUntilAsync(() => File.ReadAllText(file) == "token-2", TimeSpan.FromSeconds(11));
        await LetItBeNoticedAsync(node, "p");
        Assert.Equal("token-2", await File.ReadAllTextAsync(file, Ct)); // once
    }

    [Fact]
    public async Task NodeStatus_ClockSetBack_IsReportedInItsTime()
    {
        await using var node = new TestNode().Start();
        await TestNode.UntilAsync(() => RenewTime(node) is not null && node.Events("NodeReady").Count == 1);
        var before = Heartbeat();
        node.Time.Set(-Hour);

        await node.AdvanceUntilAsync(() => Heartbeat() != before, TimeSpan.FromMinutes(6), TimeSpan.FromSeconds(10));

        DateTime? Heartbeat() => node.Api.Find(Kinds.Nodes, null, TestNode.Name)!.Status.Conditions[^1].LastHeartbeatTime;
    }
}
