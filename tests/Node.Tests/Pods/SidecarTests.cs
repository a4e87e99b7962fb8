using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>Init containers with <c>restartPolicy: Always</c>: started before the others, kept beside them, ended after them.</summary>
public sealed class SidecarTests
{
    private static V1Container Sidecar(string name, V1Probe? startup = null) => new()
    {
        Name = name, Image = "busybox", RestartPolicy = "Always", Command = ["run"], StartupProbe = startup,
    };

    private static V1Pod Pod(params V1Container[] init)
    {
        var pod = TestNode.NewPod("p");
        pod.Spec.InitContainers = init;
        return pod;
    }

    [Fact]
    public async Task Sidecar_IsStartedFirst_AndHoldsTheOthersBackUntilItsStartupProbeSucceeds()
    {
        var up = false;
        var simulation = new Simulation { Exec = (_, _, _) => new SimulatedProcess { RunsFor = TimeSpan.Zero, ExitCode = Volatile.Read(ref up) ? 0 : 1 } };
        await using var node = new TestNode(simulation).Start();
        var probe = new V1Probe { Exec = new V1ExecAction { Command = ["check"] }, PeriodSeconds = 1, FailureThreshold = 100 };
        await node.CreateAsync(Pod(Sidecar("side", probe), new V1Container { Name = "init", Image = "busybox", Command = ["true"] }));
        var waiting = await node.UntilAsync("p", p => p.Status?.InitContainerStatuses?[0] is { State.Running: not null, Started: false });
        await TestNode.UntilAsync(() => node.Events("Unhealthy").Count == 1);
        Assert.Equal("side", Assert.Single(await node.ContainersAsync()).Name);
        Assert.Equal("Pending", waiting.Status.Phase);
        Assert.Equal("containers with incomplete status: [side init]", waiting.Status.Conditions.Single(c => c.Type == "Initialized").Message);

        Volatile.Write(ref up, true);
        await node.AdvanceUntilAsync(() => TestNode.IsReady(node.Pod("p")!), TimeSpan.FromSeconds(10));
        var status = node.Pod("p")!.Status;
        Assert.True(status.InitContainerStatuses[0] is { Ready: true, Started: true, State.Running: not null });
        Assert.Equal("Completed", status.InitContainerStatuses[1].State.Terminated.Reason);
        Assert.Equal("Running", status.Phase);
    }

    [Fact]
    public async Task SidecarThatEnds_IsStartedAgain_WhateverThePodsPolicy()
    {
        await using var node = new TestNode().Start();
        var pod = Pod(Sidecar("side"));
        pod.Spec.RestartPolicy = "Never";
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        var side = (await node.ContainersAsync()).Single(c => c.Name == "side");
        await node.Simulated.StopContainerAsync(side.Id, TimeSpan.Zero, TestContext.Current.CancellationToken);
        await node.AdvanceUntilAsync(() => node.Pod("p")!.Status.InitContainerStatuses[0] is { RestartCount: 1, State.Running: not null }, TimeSpan.FromSeconds(20));
        Assert.Equal(0, node.Pod("p")!.Status.ContainerStatuses[0].RestartCount);
        Assert.True(TestNode.IsReady(node.Pod("p")!));
    }

    [Fact]
    public async Task PodWhoseContainersAreDone_EndsItsSidecarsAndSucceeds()
    {
        await using var node = new TestNode().Start();
        var pod = Pod(Sidecar("side"));
        pod.Spec.RestartPolicy = "OnFailure";
        pod.Spec.Containers[0].Command = ["sh", "-c", "sleep 5"];
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        await node.AdvanceUntilAsync(() => node.Pod("p")!.Status.Phase == "Succeeded", TimeSpan.FromSeconds(60));
        var status = node.Pod("p")!.Status;
        Assert.Equal(0, status.ContainerStatuses[0].State.Terminated.ExitCode);
        Assert.NotNull(status.InitContainerStatuses[0].State.Terminated);
        Assert.All(await node.ContainersAsync(), c => Assert.Equal(ContainerState.Exited, c.State));
        await TestNode.UntilAsync(() => node.Events("Killing").Any(e => e.Message == "Stopping container side"));
    }

    [Fact]
    public async Task DeletedPod_EndsItsSidecarsAfterTheOthers_TheLastFirst()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(Pod(Sidecar("one"), Sidecar("two")));
        await node.UntilAsync("p", TestNode.IsReady);
        await node.Api.DeleteAsync(Kinds.Pods, "default", "p", null, TestContext.Current.CancellationToken);
        await node.AdvanceUntilAsync(() => node.Pod("p") is null, TimeSpan.FromSeconds(40));
        await TestNode.UntilAsync(() => node.Events("Killing").Count == 3);
        Assert.Equal(["Stopping container c", "Stopping container two", "Stopping container one"],
            node.Events("Killing").OrderBy(e => long.Parse(e.Metadata.ResourceVersion, null)).Select(e => e.Message));
    }
}
