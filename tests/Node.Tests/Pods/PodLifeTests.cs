using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

public sealed class PodLifeTests
{
    [Fact]
    public async Task Pod_BoundToNode_BecomesReady()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("web", "sleep", "infinity"));
        var pod = await node.UntilAsync("web", TestNode.IsReady);
        Assert.Equal("Running", pod.Status.Phase);
        Assert.Equal("192.0.2.10", pod.Status.HostIP);
        Assert.StartsWith("10.42.0.", pod.Status.PodIP, StringComparison.Ordinal);
        Assert.Equal("BestEffort", pod.Status.QosClass);
        Assert.Equal(["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"], pod.Status.Conditions.Select(c => c.Type));
        var status = Assert.Single(pod.Status.ContainerStatuses);
        Assert.True(status is { Ready: true, Started: true, RestartCount: 0, State.Running: not null });
        Assert.StartsWith("simulated://", status.ContainerID, StringComparison.Ordinal);
        await TestNode.UntilAsync(() => node.Events("Started").Count == 1);
        Assert.Equal(["Pulling", "Pulled", "Created", "Started"], node.Api.All(Kinds.Events).Where(e => e.InvolvedObject.Kind == "Pod").OrderBy(e => long.Parse(e.Metadata.ResourceVersion, null)).Select(e => e.Reason));
    }
}
