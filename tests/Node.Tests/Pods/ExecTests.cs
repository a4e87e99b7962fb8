using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Tests.Pods;

/// <summary>Commands that cannot be run, in the words in which upstream's node refuses them.</summary>
public sealed class ExecTests
{
    [Fact]
    public async Task Exec_PodThatTheNodeDoesNotHave_SaysSo()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("nowhere");
        pod.Metadata.Uid = "nobody's";
        Assert.Equal("unable to upgrade connection: pod does not exist", await RefusalAsync(node, pod));
    }

    [Fact]
    public async Task Exec_ContainerThatDoesNotRun_SaysSo()
    {
        await using var node = new TestNode(new Simulation { Pull = _ => new RuntimeException(RuntimeErrorCode.NotFound, "no such image") }).Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        var pod = await node.UntilAsync("p", p => p.Status?.ContainerStatuses is [{ State.Waiting: not null }]);
        Assert.Equal($"unable to upgrade connection: container not found (\"{pod.Spec.Containers[0].Name}\")", await RefusalAsync(node, pod));
    }

    private static async Task<string> RefusalAsync(TestNode node, k8s.Models.V1Pod pod)
    {
        var refused = await Assert.ThrowsAsync<StatusException>(() =>
            node.Agent.ExecAsync(pod, pod.Spec.Containers[0].Name, ["ls"], new ExecStreams { Stdout = Stream.Null }, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(500, refused.Code);
        return refused.Message;
    }
}
