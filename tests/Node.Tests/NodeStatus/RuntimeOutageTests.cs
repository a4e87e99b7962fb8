using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.NodeStatus;

/// <summary>A runtime that stays away, by all ways of being away.</summary>
public sealed class RuntimeOutageTests : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private readonly TestNode _node = new();
    private readonly OutageRuntime _outage;

    public RuntimeOutageTests() => (_node.Runtime, _outage) = OutageRuntime.Around(_node.Simulated);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private V1NodeCondition Ready => _node.Api.Find(Kinds.Nodes, null, TestNode.Name)!.Status.Conditions[^1];

    private async Task StartAsync()
    {
        _node.Start();
        await _node.Agent.Ready.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await _node.CreateAsync(TestNode.NewPod("web"));
        await _node.UntilAsync("web", TestNode.IsReady);
    }

    [Fact]
    public async Task Gone_TheNodeIsNotReadyWithinSeconds_AndReadyAgainWithIt()
    {
        await StartAsync();
        var container = (await _node.ContainersAsync())[0].Id;
        _outage.Leave();
        await _node.AdvanceUntilAsync(() => Ready.Status == "False", TimeSpan.FromSeconds(7), Step);
        Assert.Equal(("KubeletNotReady", "container runtime is down"), (Ready.Reason, Ready.Message));
        await TestNode.UntilAsync(() => _node.Events("NodeNotReady").Count == 1);
        Assert.Equal("Node node-1 status is now: NodeNotReady", _node.Events("NodeNotReady")[0].Message);
        _outage.Return();
        await _node.AdvanceUntilAsync(() => Ready.Status == "True", TimeSpan.FromSeconds(3), Step);
        await _node.CreateAsync(TestNode.NewPod("new"));
        await _node.AdvanceUntilAsync(() => TestNode.IsReady(_node.Pod("new")!), TimeSpan.FromSeconds(10), Step);
        Assert.Equal("simulated://" + container, _node.Pod("web")!.Status.ContainerStatuses[0].ContainerID);
        Assert.Equal(0, _node.Pod("web")!.Status.ContainerStatuses[0].RestartCount);
    }

    [Fact]
    public async Task Hanging_ThoughNobodyAsksAnythingOfIt_TheNodeIsNotReady_AndReadyAgainWithIt()
    {
        await StartAsync();
        _outage.Hang();
        await _node.AdvanceUntilAsync(() => Ready.Status == "False", TimeSpan.FromSeconds(16), Step);
        Assert.Equal(("KubeletNotReady", "container runtime is down"), (Ready.Reason, Ready.Message));
        _outage.Return();
        await _node.AdvanceUntilAsync(() => Ready.Status == "True", TimeSpan.FromSeconds(3), Step);
        Assert.Equal(0, _node.Pod("web")!.Status.ContainerStatuses[0].RestartCount);
    }

    [Fact]
    public async Task BackWithinAMoment_NobodyIsTold()
    {
        await StartAsync();
        var since = Ready.LastTransitionTime;
        var asked = _outage.Asked;
        _outage.Leave();
        for (var i = 0; i < 15; i++)
        {
            await TestNode.UntilAsync(() => _outage.Asked > asked); // it has noticed
            _node.Time.Advance(Step);
        }
        _outage.Return();
        asked = _outage.Asked;
        await _node.AdvanceUntilAsync(() => _outage.Asked > asked + 2, TimeSpan.FromSeconds(60));
        Assert.Equal(("True", since), (Ready.Status, Ready.LastTransitionTime));
        Assert.Empty(_node.Events("NodeNotReady"));
    }

    [Fact]
    public async Task NeverThere_TheNodeSaysThatItHasNotBeenAsked()
    {
        _outage.Hang();
        _node.Start();
        await _node.AdvanceUntilAsync(() => _node.Api.Find(Kinds.Nodes, null, TestNode.Name) is not null, TimeSpan.FromSeconds(10), Step);
        Assert.Equal(("False", "KubeletNotReady", "container runtime status check may not have completed yet"), (Ready.Status, Ready.Reason, Ready.Message));
        _outage.Return();
        await _node.AdvanceUntilAsync(() => Ready.Status == "True", TimeSpan.FromSeconds(3), Step);
    }

    [Fact]
    public async Task Idle_TheRuntimeIsAskedAtTheLeasesPaceAndTheNodeNotWritten()
    {
        await StartAsync();
        await TestNode.UntilAsync(() => _node.Api.Find(Kinds.Nodes, null, TestNode.Name)!.Status.Images is [_]); // the Pod's, pulled just now
        var (asked, written) = (_outage.Asked, _node.Api.Writes.Count(c => c.StartsWith("update nodes", StringComparison.Ordinal)));
        var end = _node.Time.GetUtcNow() + TimeSpan.FromMinutes(2);
        await _node.AdvanceUntilAsync(() => _node.Time.GetUtcNow() >= end, TimeSpan.FromMinutes(3));
        Assert.InRange(_outage.Asked - asked, 1, 13);
        Assert.Equal(written, _node.Api.Writes.Count(c => c.StartsWith("update nodes", StringComparison.Ordinal)));
    }
}
