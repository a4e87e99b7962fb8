using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>The agent is killed after each of its calls to the runtime in turn and another takes over: the end must be the same, and nothing twice.</summary>
public sealed class CrashResumeTests
{
    public static TheoryData<int> Calls => [.. Enumerable.Range(1, 14)];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Start_KilledAfterAnyCall_ResumesWithoutDuplicates(int calls)
    {
        await using var node = new TestNode();
        node.Runtime = new KillingRuntime(node.Simulated, calls, () => _ = node.KillAsync());
        node.Start();
        var pod = TestNode.NewPod("web", "sleep", "infinity");
        pod.Spec.InitContainers = [new V1Container { Name = "init", Image = "busybox", Command = ["true"] }];
        pod.Spec.Containers.Add(new V1Container { Name = "side", Image = "busybox", Command = ["sleep", "infinity"] });
        await node.CreateAsync(pod);
        await ((KillingRuntime)node.Runtime).KilledAsync(() => node.Pod("web") is { } p && TestNode.IsReady(p));
        await node.KillAsync();
        node.Runtime = node.Simulated;
        node.Start();
        await node.AdvanceUntilAsync(() => TestNode.IsReady(node.Pod("web")!), TimeSpan.FromSeconds(15));
        var containers = await node.ContainersAsync();
        Assert.Equal(["c", "init", "side"], containers.Select(c => c.Name).Order());
        Assert.All(containers, c => Assert.Equal(0u, c.Attempt));
        Assert.Single(await node.Simulated.ListSandboxesAsync(new SandboxFilter { State = SandboxState.Ready }, TestContext.Current.CancellationToken));
        Assert.All(node.Pod("web")!.Status.ContainerStatuses, s => Assert.Equal(0, s.RestartCount));
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Deletion_KilledAfterAnyCall_EndsThePod(int calls)
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("web")); // ends on SIGTERM
        await node.UntilAsync("web", TestNode.IsReady);
        await node.KillAsync();
        var killing = new KillingRuntime(node.Simulated, calls, () => _ = node.KillAsync());
        node.Runtime = killing;
        await node.Api.DeleteAsync(Kinds.Pods, "default", "web", null, TestContext.Current.CancellationToken);
        node.Start();
        await killing.KilledAsync(() => node.Simulated.ListSandboxesAsync(null, default).Result.Count == 0);
        await node.KillAsync();
        node.Runtime = node.Simulated;
        node.Start();
        await node.AdvanceUntilAsync(() => node.Pod("web") is null && node.Simulated.ListSandboxesAsync(null, default).Result.Count == 0, TimeSpan.FromSeconds(10));
        Assert.Empty(await node.ContainersAsync());
    }

    [Fact]
    public async Task Restart_OfTheAgent_RestartsNoContainer()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("web"));
        var before = await node.UntilAsync("web", TestNode.IsReady);
        await TestNode.UntilAsync(() => node.Events("NodeReady").Count == 1); // Events still queued die with the agent
        await node.KillAsync();
        var writes = node.Api.Writes.Count(c => c.StartsWith("patch pods", StringComparison.Ordinal));
        node.Time.Advance(TimeSpan.FromSeconds(30));
        node.Start();
        await TestNode.UntilAsync(() => node.Events("NodeReady").Sum(e => e.Count ?? 1) >= 2);
        var after = node.Pod("web")!;
        Assert.Equal(before.Status.ContainerStatuses[0].ContainerID, after.Status.ContainerStatuses[0].ContainerID);
        Assert.Equal(writes, node.Api.Writes.Count(c => c.StartsWith("patch pods", StringComparison.Ordinal))); // nothing to say
        Assert.Single(await node.ContainersAsync());
    }

    [Fact]
    public async Task PodDeletedWhileTheAgentWasAway_IsStopped()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("web"));
        await node.CreateAsync(TestNode.NewPod("stays"));
        await node.UntilAsync("web", TestNode.IsReady);
        await node.UntilAsync("stays", TestNode.IsReady);
        await node.KillAsync();
        await node.Api.DeleteAsync(Kinds.Pods, "default", "web", new V1DeleteOptions { GracePeriodSeconds = 0 }, TestContext.Current.CancellationToken);
        node.Start();
        await TestNode.UntilAsync(() => node.Simulated.ListSandboxesAsync(null, default).Result.Count == 1);
        Assert.Equal("stays", (await node.Simulated.ListSandboxesAsync(null, TestContext.Current.CancellationToken))[0].Metadata.Name);
    }

    [Fact]
    public async Task ContainerThatEndedWhileTheAgentWasAway_IsRestartedAndCounted()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("web"));
        await node.UntilAsync("web", TestNode.IsReady);
        await node.KillAsync();
        await node.Simulated.StopContainerAsync((await node.ContainersAsync())[0].Id, TimeSpan.Zero, TestContext.Current.CancellationToken);
        node.Start();
        var pod = await node.UntilAsync("web", p => p.Status.ContainerStatuses[0] is { RestartCount: 1, State.Running: not null });
        Assert.Equal(137, pod.Status.ContainerStatuses[0].LastState.Terminated.ExitCode);
    }
}
