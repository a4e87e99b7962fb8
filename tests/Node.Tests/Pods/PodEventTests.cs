using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>What can go wrong with a Pod between its steps is told in upstream's words, and passes.</summary>
public sealed class PodEventTests
{
    private static readonly RuntimeException Stuck = new(RuntimeErrorCode.Unknown, "it is stuck");

    private static (TestNode Node, FailingRuntime Failing) NewNode(Func<NodeAgentOptions, NodeAgentOptions>? configure = null)
    {
        var node = new TestNode(configure: configure);
        var failing = FailingRuntime.Around(node.Simulated);
        node.Runtime = failing.Runtime;
        return (node, failing);
    }

    [Theory]
    [InlineData(nameof(IRuntime.StopContainerAsync), "failed to \"KillContainer\" for \"c\" with KillContainerError: \"rpc error: code = Unknown desc = it is stuck\"")]
    [InlineData(nameof(IRuntime.StopSandboxAsync), "failed to \"KillPodSandbox\" for \"{uid}\" with KillPodSandboxError: \"rpc error: code = Unknown desc = it is stuck\"")]
    [InlineData(null, "[failed to \"KillContainer\" for \"c\" with KillContainerError: \"rpc error: code = Unknown desc = it is stuck\", failed to \"KillPodSandbox\" for \"{uid}\" with KillPodSandboxError: \"rpc error: code = Unknown desc = it is stuck\"]")]
    public async Task DeletedPod_ThatDoesNotEnd_IsToldAndTriedAgain(string? call, string why)
    {
        var (node, failing) = NewNode();
        await using var _ = node;
        var broken = true;
        failing.Fails = name => Volatile.Read(ref broken) && (call is null ? name is nameof(IRuntime.StopContainerAsync) or nameof(IRuntime.StopSandboxAsync) : name == call) ? Stuck : null;
        node.Start();
        var pod = await node.CreateAsync(TestNode.NewPod("p"));
        await node.UntilAsync("p", TestNode.IsReady);
        await node.Api.DeleteAsync(Kinds.Pods, "default", "p", null, TestContext.Current.CancellationToken);
        await TestNode.UntilAsync(() => node.Events("FailedKillPod").Count > 0);
        var told = node.Events("FailedKillPod")[0];
        Assert.Equal(("Warning", "error killing pod: " + why.Replace("{uid}", pod.Metadata.Uid, StringComparison.Ordinal)), (told.Type, told.Message));
        if (call != nameof(IRuntime.StopContainerAsync)) Assert.NotNull(node.Pod("p")); // a sandbox takes its containers along
        Volatile.Write(ref broken, false);
        await node.AdvanceUntilAsync(() => node.Pod("p") is null, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task ContainerWhoseStateCannotBeHad_IsToldAndAskedAgain()
    {
        var (node, failing) = NewNode();
        await using var _ = node;
        node.Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        await node.UntilAsync("p", TestNode.IsReady);
        await TestNode.UntilAsync(() => node.Events("Started").Count == 1);
        var broken = true;
        failing.Fails = name => Volatile.Read(ref broken) && name == nameof(IRuntime.GetContainerAsync) ? Stuck : null;
        node.Simulated.KillContainer((await node.ContainersAsync())[0].Id, 3);
        await TestNode.UntilAsync(() => node.Events("FailedSync").Count > 0);
        Assert.Equal("error determining status: rpc error: code = Unknown desc = it is stuck", node.Events("FailedSync")[0].Message);
        Volatile.Write(ref broken, false);
        await node.AdvanceUntilAsync(() => node.Pod("p")!.Status.ContainerStatuses[0].RestartCount == 1, TimeSpan.FromSeconds(60));
    }

    /// <summary>That the runtime is not there at all, the Node says once for all Pods.</summary>
    [Fact]
    public async Task RuntimeThatIsAway_IsNotToldOfEachPod()
    {
        var (node, failing) = NewNode();
        await using var _ = node;
        node.Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        await node.UntilAsync("p", TestNode.IsReady);
        var (broken, asked) = (true, 0);
        failing.Fails = name =>
        {
            if (name != nameof(IRuntime.GetContainerAsync) || !Volatile.Read(ref broken)) return null;
            Interlocked.Increment(ref asked);
            return new RuntimeException(RuntimeErrorCode.Unavailable, "away");
        };
        node.Simulated.KillContainer((await node.ContainersAsync())[0].Id, 3);
        await TestNode.UntilAsync(() => Volatile.Read(ref asked) > 0);
        Volatile.Write(ref broken, false);
        await node.AdvanceUntilAsync(() => node.Pod("p")!.Status.ContainerStatuses[0].RestartCount == 1, TimeSpan.FromSeconds(60));
        Assert.Empty(node.Events("FailedSync"));
    }

    [Fact]
    public async Task NetworkThatIsNotReady_IsToldAndWaitedFor_ButNotByTheHostsOwn()
    {
        var (node, failing) = NewNode();
        await using var _ = node;
        failing.Status = new RuntimeStatus(new RuntimeCondition(true), new RuntimeCondition(false, "NetworkPluginNotReady", "no plugin"));
        node.Start();
        await TestNode.UntilAsync(() => node.Api.Find(Kinds.Nodes, null, TestNode.Name)?.Status is not null);
        await node.CreateAsync(TestNode.NewPod("p"));
        var host = TestNode.NewPod("host");
        host.Spec.HostNetwork = true;
        await node.CreateAsync(host);
        await node.UntilAsync("host", TestNode.IsReady);
        await TestNode.UntilAsync(() => node.Events("NetworkNotReady").Count > 0);
        var told = Assert.Single(node.Events("NetworkNotReady"));
        Assert.Equal(("p", "Warning", "network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:no plugin"), (told.InvolvedObject.Name, told.Type, told.Message));
        failing.Status = null;
        await node.AdvanceUntilAsync(() => TestNode.IsReady(node.Pod("p")!), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task SandboxWhoseStateCannotBeHad_IsTold()
    {
        var (node, failing) = NewNode();
        await using var _ = node;
        var broken = true;
        failing.Fails = name => Volatile.Read(ref broken) && name == nameof(IRuntime.GetSandboxAsync) ? Stuck : null;
        node.Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        await TestNode.UntilAsync(() => node.Events("FailedStatusPodSandBox").Count > 0);
        Assert.Equal("Unable to get pod sandbox status: rpc error: code = Unknown desc = it is stuck", node.Events("FailedStatusPodSandBox")[0].Message);
        Volatile.Write(ref broken, false);
        await node.AdvanceUntilAsync(() => TestNode.IsReady(node.Pod("p")!), TimeSpan.FromSeconds(60));
    }

    /// <summary>Of a Pod at rest too: whoever looks finds it until the Secret is there.</summary>
    [Fact]
    public async Task PullSecretsThatAreNotThere_AreToldAgainAndAgain_ThoughNothingIsPulled()
    {
        var (node, _) = NewNode();
        await using var __ = node;
        node.Start();
        await node.Simulated.PullImageAsync("docker.io/library/busybox:latest", null, TestContext.Current.CancellationToken);
        var pod = TestNode.NewPod("p");
        pod.Spec.ImagePullSecrets = [new V1LocalObjectReference { Name = "one" }, new V1LocalObjectReference { Name = "two" }];
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        await node.AdvanceUntilAsync(() => node.Events("FailedToRetrieveImagePullSecret") is [{ Count: >= 3 }], TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(5));
        var told = Assert.Single(node.Events("FailedToRetrieveImagePullSecret"));
        Assert.Equal(("Warning", "Unable to retrieve some image pull secrets (one, two); attempting to pull the image may not succeed."), (told.Type, told.Message));
        Assert.Empty(node.Events("Pulling"));

        await node.Api.CreateAsync(Kinds.Secrets, new V1Secret { Metadata = new V1ObjectMeta { Name = "one", NamespaceProperty = "default" } }, TestContext.Current.CancellationToken);
        await node.AdvanceUntilAsync(() => node.Events("FailedToRetrieveImagePullSecret").Any(e => e.Message.Contains("(two)", StringComparison.Ordinal)), TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task CgroupThatCannotBeMade_IsTold_AndNothingOfThePodRuns()
    {
        Assert.SkipUnless(File.Exists("/sys/fs/cgroup/cgroup.procs") || File.Exists("/sys/fs/cgroup/memory/cgroup.procs"), "needs cgroups");
        var (node, _) = NewNode(o => o with { Materialize = true, CgroupRoot = "/cgroup.procs" }); // a file, in every hierarchy
        await using var __ = node;
        node.Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        await TestNode.UntilAsync(() => node.Events("FailedCreatePodContainer").Count > 0);
        var told = node.Events("FailedCreatePodContainer")[0];
        Assert.Equal("Warning", told.Type);
        Assert.StartsWith("unable to ensure pod container exists: ", told.Message, StringComparison.Ordinal);
        Assert.Empty(await node.ContainersAsync());
    }
}
