using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>How long a container that ends again and again waits for its next start, on a clock that only the test moves.</summary>
public sealed class CrashLoopTests
{
    private static V1ContainerStatus? Status(TestNode node) => node.Pod("crash")?.Status?.ContainerStatuses?[0];

    private static Task BacksOffAsync(TestNode node, string delay, int restarts) => node.UntilAsync("crash", p =>
        p.Status?.ContainerStatuses?[0] is { State.Waiting: { Reason: "CrashLoopBackOff", Message: var message } } s && s.RestartCount == restarts
        && message.StartsWith($"back-off {delay} restarting failed container=c", StringComparison.Ordinal));

    [Fact]
    public async Task Pause_DoublesFromTenSecondsToFiveMinutes_AndNotASecondLess()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("crash", "false"));
        (string Shown, int Seconds)[] pauses = [("10s", 10), ("20s", 20), ("40s", 40), ("1m20s", 80), ("2m40s", 160), ("5m0s", 300), ("5m0s", 300)];
        for (var i = 0; i < pauses.Length; i++)
        {
            await BacksOffAsync(node, pauses[i].Shown, i + 1); // the first start again came at once
            var before = Status(node)!.ContainerID;
            node.Time.Advance(TimeSpan.FromSeconds(pauses[i].Seconds - 1));
            Assert.Equal(i + 1, Status(node)!.RestartCount);
            Assert.Equal(before, Status(node)!.ContainerID);
            node.Time.Advance(TimeSpan.FromSeconds(1));
        }
        await BacksOffAsync(node, "5m0s", pauses.Length + 1);
    }

    [Fact]
    public async Task TenGoodMinutes_StartThePausesOver()
    {
        var runs = TimeSpan.Zero;
        await using var node = new TestNode(new Simulation { Run = _ => new SimulatedProcess { RunsFor = runs, ExitCode = 1 } }).Start();
        await node.CreateAsync(TestNode.NewPod("crash"));
        await BacksOffAsync(node, "10s", 1);
        node.Time.Advance(TimeSpan.FromSeconds(10));
        await BacksOffAsync(node, "20s", 2);
        runs = TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1);
        node.Time.Advance(TimeSpan.FromSeconds(20));
        await node.UntilAsync("crash", p => p.Status.ContainerStatuses[0] is { RestartCount: 3, State.Running: not null });
        var good = runs;
        runs = TimeSpan.Zero;
        node.Time.Advance(good);
        await BacksOffAsync(node, "10s", 4); // started again at once, and from the beginning
    }

    [Fact]
    public async Task NineMinutes_AreNotEnough()
    {
        var runs = TimeSpan.Zero;
        await using var node = new TestNode(new Simulation { Run = _ => new SimulatedProcess { RunsFor = runs, ExitCode = 1 } }).Start();
        await node.CreateAsync(TestNode.NewPod("crash"));
        await BacksOffAsync(node, "10s", 1);
        runs = TimeSpan.FromMinutes(9);
        node.Time.Advance(TimeSpan.FromSeconds(10));
        await node.UntilAsync("crash", p => p.Status.ContainerStatuses[0] is { RestartCount: 2, State.Running: not null });
        node.Time.Advance(TimeSpan.FromMinutes(9));
        await BacksOffAsync(node, "20s", 2);
    }

    [Theory]
    [InlineData("Always", 0, true)]
    [InlineData("Always", 1, true)]
    [InlineData("OnFailure", 0, false)]
    [InlineData("OnFailure", 1, true)]
    [InlineData("Never", 0, false)]
    [InlineData("Never", 1, false)]
    public async Task RestartPolicy_DecidesByTheExitCode(string policy, int exitCode, bool again)
    {
        await using var node = new TestNode(new Simulation { Run = _ => new SimulatedProcess { RunsFor = TimeSpan.Zero, ExitCode = exitCode } }).Start();
        var pod = TestNode.NewPod("crash");
        pod.Spec.RestartPolicy = policy;
        await node.CreateAsync(pod);
        if (again) await node.UntilAsync("crash", p => p.Status?.ContainerStatuses?[0].RestartCount == 1 && p.Status.Phase == "Running");
        else
        {
            await node.UntilAsync("crash", p => p.Status?.Phase == (exitCode == 0 ? "Succeeded" : "Failed"));
            node.Time.Advance(TimeSpan.FromMinutes(20));
            Assert.Equal(0, Status(node)!.RestartCount);
            Assert.Single(await node.ContainersAsync());
        }
    }
}
