using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class NodeLifecycleTests
{
    [Fact]
    public async Task Node_New_GetsItsBlockOfAddresses()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        await rig.NodeAsync("n2");

        await rig.UntilAsync(() => rig.Api.All(Kinds.Nodes).All(node => node.Spec.PodCIDR is not null));
        Assert.Equal(["10.42.0.0/24", "10.42.1.0/24"], rig.Api.All(Kinds.Nodes).Select(node => node.Spec.PodCIDR).Order());
        Assert.All(rig.Api.All(Kinds.Nodes), node => Assert.Equal([node.Spec.PodCIDR], node.Spec.PodCIDRs));
        Assert.Equal("Node n1 event: Registered Node n1 in Controller", (await rig.EventAsync("n1", "RegisteredNode")).Message);
    }

    [Fact]
    public async Task Node_NotReadyThenReady_IsTaintedMeanwhile()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1", node => node.Status.Conditions[0].Status = "False");
        await rig.UntilAsync(Kinds.Nodes, null, "n1", node => Taints.Has(node.Spec.Taints, Taints.NotReady, "NoSchedule"));
        rig.Api.Change(Kinds.Nodes, null, "n1", node => node.Status.Conditions[0].Status = "True");

        await rig.UntilAsync(Kinds.Nodes, null, "n1", node => node.Spec.Taints is not { Count: > 0 });
    }

    [Fact]
    public async Task Node_Cordoned_IsTainted()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1", node => node.Spec.Taints = [new V1Taint { Key = "mine", Effect = "NoSchedule" }]);
        rig.Api.Change(Kinds.Nodes, null, "n1", node => node.Spec.Unschedulable = true);

        var found = await rig.UntilAsync(Kinds.Nodes, null, "n1", node => Taints.Has(node.Spec.Taints, Taints.Unschedulable, "NoSchedule"));
        Assert.True(Taints.Has(found.Spec.Taints, "mine", "NoSchedule"));
    }

    [Fact]
    public async Task Node_Silent_LosesItsPodsToAnother()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("dead");
        await rig.NodeAsync("alive");
        await rig.ReplicaSetAsync("web", 1, set => set.Spec.Template.Spec.Tolerations =
        [
            new V1Toleration { Key = Taints.Unreachable, OperatorProperty = "Exists", Effect = "NoExecute", TolerationSeconds = 30 },
        ]);
        await rig.PodsAsync(1);
        var pod = rig.Pods()[0];
        rig.MakeReady(pod, "dead");

        await BeatUntilAsync(rig, () => Taints.Has(rig.Api.Find(Kinds.Nodes, null, "dead")!.Spec.Taints, Taints.Unreachable, "NoExecute"));
        var ready = rig.Api.Find(Kinds.Nodes, null, "dead")!.Status.Conditions.Single(condition => condition.Type == "Ready");
        Assert.Equal(("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status."), (ready.Status, ready.Reason, ready.Message));
        Assert.Equal("Node dead status is now: NodeNotReady", (await rig.EventAsync("dead", "NodeNotReady")).Message);
        Assert.Equal("Node is not ready", (await rig.EventAsync(pod.Metadata.Name, "NodeNotReady")).Message);
        await rig.UntilAsync(Kinds.Pods, Rig.Ns, pod.Metadata.Name, value => !PodState.IsReady(value));
        Assert.False(PodState.IsTerminating(rig.Api.Find(Kinds.Pods, Rig.Ns, pod.Metadata.Name)!)); // it is given 30 seconds

        await BeatUntilAsync(rig, () => PodState.IsTerminating(rig.Api.Find(Kinds.Pods, Rig.Ns, pod.Metadata.Name)!));
        Assert.Equal($"Marking for deletion Pod default/{pod.Metadata.Name}", (await rig.EventAsync(pod.Metadata.Name, "TaintManagerEviction")).Message);
        Assert.Equal("DeletionByTaintManager", PodState.Condition(rig.Api.Find(Kinds.Pods, Rig.Ns, pod.Metadata.Name)!, "DisruptionTarget")!.Reason);
        Assert.Equal(1, (await rig.EventAsync(pod.Metadata.Name, "NodeNotReady")).Count); // told of once
        await rig.PodsAsync(1); // the ReplicaSet has made another
        Assert.Empty(rig.Api.Find(Kinds.Nodes, null, "alive")!.Spec.Taints ?? []);
    }

    [Fact]
    public async Task Node_TheOnlyOneIsSilent_EvictsNothing()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return Taints.Has(rig.Api.Find(Kinds.Nodes, null, "n1")!.Spec.Taints, Taints.Unreachable, "NoSchedule");
        });

        Assert.False(Taints.Has(rig.Api.Find(Kinds.Nodes, null, "n1")!.Spec.Taints, Taints.Unreachable, "NoExecute"));
    }

    [Fact]
    public async Task Node_Gone_ItsPodsAreClearedAway()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        var pod = Kinds.Pods.New(Rig.Ns, "left");
        pod.Spec = Rig.Template("left").Spec;
        rig.MakeReady(await rig.CreateAsync(Kinds.Pods, pod), "n1");
        await rig.DeleteAsync(Kinds.Nodes, null, "n1");
        await rig.EventAsync("n1", "RemovingNode");

        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return rig.Api.Find(Kinds.Pods, Rig.Ns, "left") is null;
        });
    }

    [Fact]
    public async Task Start_PodOfANodeLongGone_IsClearedAway()
    {
        await using var rig = await Rig.StartAsync(api => Rig.Orphan(api, "left", "left", node: "gone"));

        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return rig.Api.Find(Kinds.Pods, Rig.Ns, "left") is null;
        });
    }

    [Fact]
    public async Task Taint_NoExecute_EvictsAtOnce_AfterItsSeconds_OrNever()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        foreach (var (name, toleration) in new (string, V1Toleration?)[]
        {
            ("none", null), ("other", new() { Key = "other", OperatorProperty = "Exists" }), ("seconds", new() { Key = "mine", OperatorProperty = "Exists", TolerationSeconds = 60 }),
            ("zero", new() { Key = "mine", OperatorProperty = "Exists", TolerationSeconds = 0 }), ("value", new() { Key = "mine", OperatorProperty = "Equal", Value = "v", Effect = "NoExecute" }),
            ("scheduling", new() { Key = "mine", OperatorProperty = "Exists", Effect = "NoSchedule" }),
        })
        {
            var pod = Kinds.Pods.New(Rig.Ns, name);
            pod.Spec = Rig.Template(name).Spec;
            pod.Spec.Tolerations = toleration is null ? null : [toleration];
            rig.MakeReady(await rig.CreateAsync(Kinds.Pods, pod));
        }
        rig.Api.Change(Kinds.Nodes, null, "n1", node => node.Spec.Taints = [new V1Taint { Key = "mine", Value = "v", Effect = "NoExecute", TimeAdded = rig.Clock.GetUtcNow().UtcDateTime }]);

        await rig.UntilAsync(() => Left() == "seconds value", Left);
        rig.Clock.Advance(TimeSpan.FromSeconds(50));
        await rig.UntilAsync(() => rig.Api.IsDrained);
        Assert.Equal("seconds value", Left());
        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return Left() == "value";
        }, Left);

        string Left() => string.Join(' ', rig.Pods().Select(pod => pod.Metadata.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Node_BackInTime_LosesItsTaintsAndKeepsItsPods()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("dead");
        await rig.NodeAsync("alive");
        var pod = Kinds.Pods.New(Rig.Ns, "p");
        pod.Spec = Rig.Template("p").Spec;
        pod.Spec.Tolerations = [new V1Toleration { Key = Taints.Unreachable, OperatorProperty = "Exists", Effect = "NoExecute", TolerationSeconds = 3600 }];
        rig.MakeReady(await rig.CreateAsync(Kinds.Pods, pod), "dead");
        await BeatUntilAsync(rig, () => Taints.Has(rig.Api.Find(Kinds.Nodes, null, "dead")!.Spec.Taints, Taints.Unreachable, "NoExecute"));

        rig.Api.Change(Kinds.Nodes, null, "dead", node =>
        {
            foreach (var condition in node.Status.Conditions) (condition.Status, condition.LastHeartbeatTime) = (condition.Type == "Ready" ? "True" : "False", rig.Clock.GetUtcNow().UtcDateTime);
        });

        await rig.UntilAsync(Kinds.Nodes, null, "dead", node => node.Spec.Taints is not { Count: > 0 });
        Assert.False(PodState.IsTerminating(rig.Api.Find(Kinds.Pods, Rig.Ns, "p")!));
    }

    [Fact]
    public async Task Nodes_TwoNotReady_AreEmptiedTenSecondsApart()
    {
        await using var rig = await ZoneAsync("a a A");

        await rig.UntilAsync(() => Emptied(rig).Count == 1);
        await rig.UntilAsync(() => rig.Api.IsDrained);
        Assert.Single(Emptied(rig));
        await rig.UntilAsync(() =>
        {
            if (rig.Api.IsDrained) rig.Clock.Advance(TimeSpan.FromMilliseconds(200));
            return Emptied(rig).Count == 2;
        });
        Assert.True((Emptied(rig)[0] - Emptied(rig)[1]).Duration() >= TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Nodes_MostOfAZoneNotReady_AreNotEmptiedUntilEnoughAreBack()
    {
        await using var rig = await ZoneAsync("a a a A");
        await rig.UntilAsync(() => rig.Api.All(Kinds.Nodes).Count(node => Taints.Has(node.Spec.Taints ?? [], Taints.NotReady, "NoSchedule")) == 3);
        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return rig.Clock.GetUtcNow() > Started.AddSeconds(30);
        });
        await rig.UntilAsync(() => rig.Api.IsDrained);
        Assert.Empty(Emptied(rig));

        rig.Api.Change(Kinds.Nodes, null, "n0", node => node.Status.Conditions[0].Status = "True");

        await rig.UntilAsync(() => Emptied(rig).Count == 1);
    }

    [Fact]
    public async Task Nodes_AWholeZoneNotReady_AreEmptiedForTheOthers()
    {
        await using var rig = await ZoneAsync("a a a B");

        await rig.UntilAsync(() => Emptied(rig).Count == 1);
    }

    [Theory]
    [InlineData(50, 28, null)] // 56 %
    [InlineData(50, 27, 10)]
    [InlineData(51, 29, 100)]
    [InlineData(3, 2, 10)] // two are too few to say
    [InlineData(4, 3, null)]
    [InlineData(60, 60, 10)] // all
    public void Interval_OfAZone_DependsOnItsSizeAndHealth(int size, int down, int? seconds)
    {
        var nodes = Enumerable.Range(0, size).Select(i => new V1Node
        {
            Metadata = new V1ObjectMeta { Name = $"n{i}" },
            Status = new V1NodeStatus { Conditions = [new V1NodeCondition { Type = "Ready", Status = i < down ? "Unknown" : "True" }] },
        }).ToList();

        Assert.Equal(seconds, (int?)EvictionPace.Interval(nodes[0], nodes)?.TotalSeconds);
    }

    private static readonly DateTimeOffset Started = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <param name="zones">Of each node its zone: a small letter for one that is not ready.</param>
    private static Task<Rig> ZoneAsync(string zones) => Rig.StartAsync(api =>
    {
        foreach (var (i, zone) in zones.Split(' ').Index())
        {
            var node = Kinds.Nodes.New(null, $"n{i}");
            node.Metadata.Labels = new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = zone.ToUpperInvariant() };
            node.Spec = new V1NodeSpec();
            node.Status = new V1NodeStatus { Conditions = [new V1NodeCondition { Type = "Ready", Status = char.IsLower(zone[0]) ? "False" : "True", LastHeartbeatTime = Started.UtcDateTime }] };
            api.CreateAsync(Kinds.Nodes, node, TestContext.Current.CancellationToken);
        }
    });

    /// <summary>When nodes began to be emptied.</summary>
    private static List<DateTime> Emptied(Rig rig) =>
        [.. rig.Api.All(Kinds.Nodes).SelectMany(node => node.Spec.Taints ?? []).Where(taint => taint is { Key: Taints.NotReady, Effect: "NoExecute" }).Select(taint => taint.TimeAdded!.Value)];

    [Theory]
    [InlineData("MemoryPressure", Taints.MemoryPressure)]
    [InlineData("DiskPressure", Taints.DiskPressure)]
    [InlineData("PIDPressure", Taints.PidPressure)]
    [InlineData("NetworkUnavailable", Taints.NetworkUnavailable)]
    public async Task Node_UnderPressure_IsTaintedMeanwhile(string condition, string taint)
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1", node => node.Status.Conditions.Add(new V1NodeCondition { Type = condition, Status = "True" }));
        await rig.UntilAsync(Kinds.Nodes, null, "n1", node => Taints.Has(node.Spec.Taints, taint, "NoSchedule"));

        rig.Api.Change(Kinds.Nodes, null, "n1", node => node.Status.Conditions[1].Status = "False");

        await rig.UntilAsync(Kinds.Nodes, null, "n1", node => node.Spec.Taints is not { Count: > 0 });
    }

    /// <summary>Time goes on, and the node "alive" goes on renewing its Lease; each step waits until the last renewal has been heard, or a busy machine would make "alive" look dead.</summary>
    private static Task BeatUntilAsync(Rig rig, Func<bool> condition) => rig.UntilAsync(() =>
    {
        if (rig.Api.IsDrained)
        {
            rig.Clock.Advance(TimeSpan.FromMilliseconds(200));
            if (rig.Api.Find(Kinds.Leases, "kube-node-lease", "alive") is null)
            {
                var lease = Kinds.Leases.New("kube-node-lease", "alive");
                lease.Spec = new V1LeaseSpec();
                rig.Api.CreateAsync(Kinds.Leases, lease, rig.Ct);
            }
            rig.Api.Change(Kinds.Leases, "kube-node-lease", "alive", value => value.Spec.RenewTime = rig.Clock.GetUtcNow().UtcDateTime);
        }
        return condition();
    });
}
