using Coxswain.Api;
using Coxswain.TestKit;
using k8s.Models;

namespace Coxswain.Scheduler.Tests;

public sealed class PodSchedulerTests
{
    private const string NotHelpful = "no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";

    [Fact]
    public async Task Schedule_OneNodeThatFits_BindsAndSaysSo()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1");
        await rig.PodAsync("web", cpu: "1");

        Assert.Equal("n1", await rig.BoundAsync("web"));
        var said = await rig.EventAsync("web", "Scheduled");
        Assert.Equal("Successfully assigned default/web to n1", said.Message);
        Assert.Equal(("Normal", "default-scheduler", 1), (said.Type, said.Source.Component, said.Count));
    }

    [Fact]
    public async Task Schedule_NoNodes_SaysSoAndBindsWhenOneComes()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.PodAsync("web");

        Assert.Equal("no nodes available to schedule pods", await rig.RefusedAsync("web"));
        Assert.Equal("Unschedulable", rig.Condition("web")!.Reason);
        Assert.Equal("no nodes available to schedule pods", (await rig.EventAsync("web", "FailedScheduling")).Message);

        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        await rig.NodeAsync("n1");
        Assert.Equal("n1", await rig.BoundAsync("web"));
    }

    [Fact]
    public async Task Schedule_WokenWithinBackoff_IsTriedAtOnce()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", cpu: "1");
        await rig.PodAsync("first", cpu: "600m");
        await rig.BoundAsync("first");
        await rig.PodAsync("second", cpu: "600m");
        await rig.RefusedAsync("second");

        await rig.Api.DeleteAsync(Kinds.Pods, "default", "first", new V1DeleteOptions { GracePeriodSeconds = 0 }, TestContext.Current.CancellationToken);

        Assert.Equal("n1", await rig.BoundAsync("second")); // and no time has passed
    }

    [Fact]
    public async Task Schedule_NodesComeWhilePodsAreTried_MissesNone()
    {
        await using var rig = await new Rig().StartAsync();
        var ct = TestContext.Current.CancellationToken;

        var nodes = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++) await rig.NodeAsync($"n{i}");
        }, ct);
        for (var i = 0; i < 200; i++)
        {
            var name = $"n{i}";
            await rig.PodAsync($"p{i}", change: pod => pod.Spec.NodeSelector = new Dictionary<string, string> { ["kubernetes.io/hostname"] = name });
        }
        await nodes;

        for (var i = 0; i < 200; i++) Assert.Equal($"n{i}", await rig.BoundAsync($"p{i}")); // the clock stands: nothing was saved by a second look
    }

    [Fact]
    public async Task Schedule_NothingChangesForFiveMinutes_SaysAnewWhy()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", cpu: "1");
        await rig.PodAsync("big", cpu: "2");
        await rig.RefusedAsync("big");
        await rig.EventAsync("big", "FailedScheduling");

        await rig.PodAsync("small", cpu: "100m");
        await rig.BoundAsync("small");
        rig.Clock.Advance(TimeSpan.FromMinutes(4));
        await rig.PodAsync("other", cpu: "100m");
        await rig.BoundAsync("other"); // the scheduler has had its say by then
        Assert.Equal(1, (await rig.EventAsync("big", "FailedScheduling")).Count);

        await Eventually.TrueAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(10));
            return rig.Api.All(Kinds.Events).Any(each => each.InvolvedObject.Name == "big" && each.Count >= 2);
        }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Schedule_MoreThanTheNodeHas_ListsReasonsAndThatPreemptionWouldNotHelp()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", cpu: "1", memory: "1Gi");
        await rig.PodAsync("big", cpu: "2", memory: "2Gi");

        Assert.Equal($"0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. {NotHelpful}", await rig.RefusedAsync("big"));
    }

    [Fact]
    public async Task Schedule_NodeFull_WaitsUntilAPodLeaves()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", cpu: "1");
        await rig.PodAsync("first", cpu: "600m");
        await rig.BoundAsync("first");
        await rig.PodAsync("second", cpu: "600m");

        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.", await rig.RefusedAsync("second"));

        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        await rig.Api.DeleteAsync(Kinds.Pods, "default", "first", new V1DeleteOptions { GracePeriodSeconds = 0 }, TestContext.Current.CancellationToken);
        Assert.Equal("n1", await rig.BoundAsync("second"));
    }

    [Fact]
    public async Task Schedule_DifferentRefusals_SortsTheReasonsAndCountsThem()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("cordoned", change: node => node.Spec.Unschedulable = true);
        await rig.NodeAsync("tainted-1", change: Taint);
        await rig.NodeAsync("tainted-2", change: Taint);
        await rig.NodeAsync("full", pods: 0);
        await rig.PodAsync("web");

        Assert.Equal("0/4 nodes are available: 1 Too many pods, 1 node(s) were unschedulable, 2 node(s) had untolerated taint(s). no new claims to deallocate, "
            + "preemption: 0/4 nodes are available: 1 No preemption victims found for incoming pod, 3 Preemption is not helpful for scheduling.", await rig.RefusedAsync("web"));

        static void Taint(V1Node node) => node.Spec.Taints = [new V1Taint { Key = "k", Value = "v", Effect = "NoSchedule" }];
    }

    [Fact]
    public async Task Schedule_NodeSelectorMatchesNone_SaysSoAndBindsWhenTheLabelComes()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1");
        await rig.PodAsync("web", change: pod => pod.Spec.NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" });
        Assert.Equal($"0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. {NotHelpful}", await rig.RefusedAsync("web"));

        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        rig.Api.Change(Kinds.Nodes, null, "n1", node => node.Metadata.Labels["disk"] = "ssd");
        Assert.Equal("n1", await rig.BoundAsync("web"));
    }

    [Theory]
    [InlineData("In", "ssd,nvme", "fast")]
    [InlineData("NotIn", "ssd", "slow")]
    [InlineData("Exists", "", "fast")]
    [InlineData("DoesNotExist", "", "slow")]
    public async Task Schedule_RequiredNodeAffinity_TakesTheNodeThatItMatches(string @operator, string values, string wanted)
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("slow");
        await rig.NodeAsync("fast", change: node => node.Metadata.Labels["disk"] = "ssd");
        for (var i = 0; i < 3; i++) await rig.PodAsync($"p{i}", change: pod => pod.Spec.Affinity = Required(new V1NodeSelectorRequirement { Key = "disk", OperatorProperty = @operator, Values = values.Length == 0 ? null : values.Split(',') }));
        await rig.PodAsync("nowhere", change: pod => pod.Spec.Affinity = Required(new V1NodeSelectorRequirement { Key = "disk", OperatorProperty = "In", Values = ["tape"] }));

        for (var i = 0; i < 3; i++) Assert.Equal(wanted, await rig.BoundAsync($"p{i}"));
        Assert.Equal("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.", await rig.RefusedAsync("nowhere"));

        static V1Affinity Required(V1NodeSelectorRequirement expression) => new()
        {
            NodeAffinity = new V1NodeAffinity { RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector { NodeSelectorTerms = [new V1NodeSelectorTerm { MatchExpressions = [expression] }] } },
        };
    }

    [Theory]
    [InlineData("k", "Equal", "v", "NoSchedule", true)]
    [InlineData("k", "Equal", "other", "NoSchedule", false)]
    [InlineData("k", "Exists", null, null, true)]
    [InlineData("k", "Exists", null, "NoExecute", false)]
    [InlineData(null, "Exists", null, null, true)]
    public async Task Schedule_TaintedNode_TakesOnlyPodsThatTolerateIt(string? key, string @operator, string? value, string? effect, bool tolerated)
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", change: node => node.Spec.Taints = [new V1Taint { Key = "k", Value = "v", Effect = "NoSchedule" }]);
        await rig.PodAsync("web", change: pod => pod.Spec.Tolerations = [new V1Toleration { Key = key, OperatorProperty = @operator, Value = value, Effect = effect }]);

        if (tolerated) Assert.Equal("n1", await rig.BoundAsync("web"));
        else Assert.Equal($"0/1 nodes are available: 1 node(s) had untolerated taint(s). {NotHelpful}", await rig.RefusedAsync("web"));
    }

    [Fact]
    public async Task Schedule_PodThatNamesItsNode_IsLeftAloneAndCounted()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", cpu: "1");
        await rig.PodAsync("mine", cpu: "1", change: pod => pod.Spec.NodeName = "n1"); // past the scheduler
        await rig.PodAsync("web", cpu: "1");

        Assert.StartsWith("0/1 nodes are available: 1 Insufficient cpu.", await rig.RefusedAsync("web"), StringComparison.Ordinal);
        Assert.DoesNotContain(rig.Api.All(Kinds.Events), each => each.InvolvedObject.Name == "mine");
    }

    [Fact]
    public async Task Schedule_HostPortTaken_GoesToTheOtherNode()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1");
        await rig.NodeAsync("n2");
        foreach (var name in new[] { "a", "b", "c" })
        {
            await rig.PodAsync(name, change: pod => pod.Spec.Containers[0].Ports = [new V1ContainerPort { ContainerPort = 80, HostPort = 8080, Protocol = "TCP" }]);
        }

        Assert.NotEqual(await rig.BoundAsync("a"), await rig.BoundAsync("b"));
        Assert.StartsWith("0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports.", await rig.RefusedAsync("c"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_GatesOrAnotherScheduler_LeavesThePodAlone()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1");
        await rig.PodAsync("gated", change: pod => pod.Spec.SchedulingGates = [new V1PodSchedulingGate { Name = "g" }]);
        await rig.PodAsync("foreign", change: pod => pod.Spec.SchedulerName = "mine");
        await rig.PodAsync("plain");
        await rig.BoundAsync("plain");
        Assert.Null(rig.NodeOf("gated"));
        Assert.Null(rig.NodeOf("foreign"));

        rig.Api.Change(Kinds.Pods, "default", "gated", pod => pod.Spec.SchedulingGates = null);
        Assert.Equal("n1", await rig.BoundAsync("gated"));
        Assert.Null(rig.NodeOf("foreign"));
    }

    [Fact]
    public async Task Schedule_DaemonForANodeThatIsFull_CountsTheOthersAsNotNamed()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", pods: 0);
        await rig.NodeAsync("n2");
        await rig.PodAsync("daemon", change: pod => pod.Spec.Affinity = new V1Affinity
        {
            NodeAffinity = new V1NodeAffinity
            {
                RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector
                {
                    NodeSelectorTerms = [new V1NodeSelectorTerm { MatchFields = [new V1NodeSelectorRequirement { Key = "metadata.name", OperatorProperty = "In", Values = ["n1"] }] }],
                },
            },
        });

        Assert.StartsWith("0/2 nodes are available: 1 Too many pods, 1 node(s) didn't satisfy plugin(s) [NodeAffinity].", await rig.RefusedAsync("daemon"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_PodsOfOneOwner_SpreadOverTheNodes()
    {
        await using var rig = await new Rig().StartAsync();
        for (var i = 0; i < 4; i++) await rig.NodeAsync($"n{i}");
        for (var i = 0; i < 8; i++)
        {
            await rig.PodAsync($"p{i}", change: pod => pod.Metadata.OwnerReferences = [new V1OwnerReference { ApiVersion = "apps/v1", Kind = "ReplicaSet", Name = "r", Uid = "u", Controller = true }]);
        }

        var nodes = new List<string>();
        for (var i = 0; i < 8; i++) nodes.Add(await rig.BoundAsync($"p{i}"));
        Assert.All(nodes.GroupBy(node => node), group => Assert.Equal(2, group.Count()));
    }

    [Fact]
    public async Task Schedule_HigherPriorityWaiting_GoesFirst()
    {
        await using var rig = new Rig();
        await rig.PodAsync("low", cpu: "1", change: pod => pod.Spec.Priority = 0);
        await rig.PodAsync("high", cpu: "1", change: pod => pod.Spec.Priority = 10);
        await rig.NodeAsync("n1", cpu: "1");
        await rig.StartAsync();

        Assert.Equal("n1", await rig.BoundAsync("high"));
        await rig.RefusedAsync("low");
    }

    [Fact]
    public async Task Bind_Refused_FreesTheNodeAndTriesAgain()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", cpu: "1");
        var failures = 1;
        rig.Api.Fault = (verb, _, _) =>
        {
            if (verb == "bind" && Interlocked.Decrement(ref failures) >= 0) throw ApiErrors.ServiceUnavailable("not now");
        };
        await rig.PodAsync("web", cpu: "1");

        Assert.Equal("running Bind plugin \"DefaultBinder\": not now", (await rig.EventAsync("web", "FailedScheduling")).Message);
        await Eventually.TrueAsync(() => rig.Condition("web") is { Status: "False", Reason: "SchedulerError" }, TestContext.Current.CancellationToken);
        await rig.NodeAsync("n2", cpu: "1");
        await rig.PodAsync("other", cpu: "100m");
        await rig.BoundAsync("other"); // the scheduler has had nothing else to do
        Assert.Null(rig.NodeOf("web")); // an error is waited out
        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.StartsWith("n", await rig.BoundAsync("web"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_MoreReasonsThanAnEventHolds_IsCutThereAndWholeInTheCondition()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1");
        await rig.PodAsync("web", change: pod =>
        {
            for (var i = 10; i < 70; i++) pod.Spec.Containers[0].Resources.Requests[$"example.com/thing-{i}"] = "1";
        });

        var whole = await rig.RefusedAsync("web");
        Assert.EndsWith("for scheduling.", whole, StringComparison.Ordinal);
        Assert.Equal(string.Concat(whole.AsSpan(0, 1020), " ..."), (await rig.EventAsync("web", "FailedScheduling")).Message);
    }

    [Fact]
    public async Task Schedule_ManyPodsOntoManyNodes_BindsAllWithinWhatNodesHave()
    {
        await using var rig = new Rig();
        for (var i = 0; i < 100; i++) await rig.NodeAsync($"n{i}", cpu: "1", pods: 20);
        for (var i = 0; i < 1000; i++) await rig.PodAsync($"p{i}", cpu: "100m");
        await rig.StartAsync();

        await Eventually.TrueAsync(() => rig.Api.All(Kinds.Pods).All(pod => pod.Spec.NodeName is not null), TestContext.Current.CancellationToken);
        Assert.All(rig.Api.All(Kinds.Pods).GroupBy(pod => pod.Spec.NodeName), group => Assert.Equal(10, group.Count())); // 100 nodes, ten a node: exactly full
    }
}
