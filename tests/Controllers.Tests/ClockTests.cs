using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers.Tests;

/// <summary>The machine's clock is set an hour or a day ahead or back: controllers go by the time that passes.</summary>
public sealed class ClockTests
{
    public static TheoryData<int> Hours { get; } = [1, -1, 24, -24];

    [Theory]
    [MemberData(nameof(Hours))]
    public async Task NodeLifecycle_ClockSet_FindsNobodySilent(int hours)
    {
        await using var rig = await Rig.StartAsync();
        foreach (var name in (string[])["n1", "n2"]) await rig.NodeAsync(name);
        await rig.EventAsync("n2", "RegisteredNode");
        await rig.UntilAsync(() => rig.Api.All(Kinds.Nodes).All(node => node.Spec.PodCIDR is not null));
        rig.Wall.Set(TimeSpan.FromHours(hours));

        // Something else about the nodes brings them up again.
        foreach (var name in (string[])["n1", "n2"]) rig.Api.Change(Kinds.Nodes, null, name, node => node.Spec.Unschedulable = true);
        await rig.UntilAsync(() => rig.Api.All(Kinds.Nodes).All(node => Taints.Has(node.Spec.Taints, Taints.Unschedulable, "NoSchedule")));
        Assert.All(rig.Api.All(Kinds.Nodes), node => Assert.Equal(("True", 1), (node.Status.Conditions[0].Status, node.Spec.Taints.Count)));
    }

    [Theory]
    [MemberData(nameof(Hours))]
    public async Task NodeLifecycle_ClockSet_FindsASilentNodeInItsTime(int hours)
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        await rig.EventAsync("n1", "RegisteredNode");
        rig.Wall.Set(TimeSpan.FromHours(hours));

        var silent = TimeSpan.Zero;
        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            silent += TimeSpan.FromSeconds(1);
            return rig.Api.Find(Kinds.Nodes, null, "n1")!.Status.Conditions[0].Status == "Unknown";
        });
        Assert.True(silent >= TimeSpan.FromSeconds(40), $"{silent}");
    }

    /// <summary>Sixty seconds are tolerated, after the taint's own time or, where it has none, from when it was seen.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(-1, true)]
    [InlineData(1, false)]
    [InlineData(-1, false)]
    public async Task TaintEviction_ClockSet_WaitsTheSecondsThatPass(int hours, bool dated)
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        await PodAsync(rig, "tolerant", new V1Toleration { Key = "mine", OperatorProperty = "Exists", TolerationSeconds = 60 });
        await PodAsync(rig, "first");
        rig.Api.Change(Kinds.Nodes, null, "n1", node => node.Spec.Taints = [new V1Taint { Key = "mine", Effect = "NoExecute", TimeAdded = dated ? rig.Wall.GetUtcNow().UtcDateTime : null }]);
        await IsDrivenOffAsync(rig, "first"); // the taint was seen
        rig.Clock.Advance(TimeSpan.FromSeconds(10));
        rig.Wall.Set(TimeSpan.FromHours(hours));
        rig.Clock.Advance(TimeSpan.FromSeconds(40)); // whatever looks now sees 50 seconds
        rig.Api.Change(Kinds.Pods, Rig.Ns, "tolerant", value => value.Metadata.Labels = new Dictionary<string, string> { ["look"] = "again" });
        await PodAsync(rig, "second");
        await IsDrivenOffAsync(rig, "second");
        Assert.False(PodState.IsTerminating(rig.Api.Find(Kinds.Pods, Rig.Ns, "tolerant")!));

        rig.Clock.Advance(TimeSpan.FromSeconds(11));
        await IsDrivenOffAsync(rig, "tolerant");
    }

    private static Task IsDrivenOffAsync(Rig rig, string pod) => rig.UntilAsync(() => rig.Api.Find(Kinds.Pods, Rig.Ns, pod) is not { } left || PodState.IsTerminating(left), () => $"{pod} stays");

    private static async Task PodAsync(Rig rig, string name, V1Toleration? toleration = null)
    {
        var pod = Kinds.Pods.New(Rig.Ns, name);
        pod.Spec = Rig.Template(name).Spec;
        pod.Spec.Tolerations = toleration is null ? null : [toleration];
        rig.MakeReady(await rig.CreateAsync(Kinds.Pods, pod));
    }

    [Theory]
    [MemberData(nameof(Hours))]
    public async Task MinReadySeconds_ClockSet_AreTheSecondsThatPass(int hours)
    {
        await using var rig = await Rig.StartAsync();
        await rig.ReplicaSetAsync("web", 1, set => set.Spec.MinReadySeconds = 30);
        await rig.PodsAsync(1);
        rig.Kubelet();
        await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, "web", set => set.Status?.ReadyReplicas == 1);

        rig.Wall.Set(TimeSpan.FromHours(hours));
        await LookAgainAsync(rig);
        Assert.Null(rig.Api.Find(Kinds.ReplicaSets, Rig.Ns, "web")!.Status.AvailableReplicas); // not by the clock

        rig.Clock.Advance(TimeSpan.FromSeconds(30)); // before anyone misses the Pod's node
        await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, "web", set => set.Status.AvailableReplicas == 1);

        rig.Wall.Set(-2 * TimeSpan.FromHours(hours));
        await LookAgainAsync(rig);
        Assert.Equal(1, rig.Api.Find(Kinds.ReplicaSets, Rig.Ns, "web")!.Status.AvailableReplicas); // and it stays so
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task ProgressDeadline_ClockSet_IsTheSecondsThatPass(int hours)
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 2, spec => spec.ProgressDeadlineSeconds = 600);
        await rig.PodsAsync(2);
        await rig.UntilAsync(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Status?.UpdatedReplicas == 2);
        rig.Wall.Set(TimeSpan.FromHours(hours));
        rig.Clock.Advance(TimeSpan.FromSeconds(590));
        rig.Api.Change(Kinds.Deployments, Rig.Ns, "web", value => value.Spec.MinReadySeconds = 1); // another generation: it is looked at
        await rig.UntilAsync(Kinds.Deployments, Rig.Ns, "web", value => value.Status.ObservedGeneration == value.Metadata.Generation);
        Assert.DoesNotContain(rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")!.Status.Conditions, c => c.Reason == "ProgressDeadlineExceeded");

        rig.Clock.Advance(TimeSpan.FromSeconds(20));
        await rig.UntilAsync(Kinds.Deployments, Rig.Ns, "web", value => value.Status.Conditions.Any(c => c.Reason == "ProgressDeadlineExceeded"));
    }

    /// <summary>Another generation of the ReplicaSet makes its controller look at the Pods again, and say so.</summary>
    private static async Task LookAgainAsync(Rig rig)
    {
        rig.Api.Change(Kinds.ReplicaSets, Rig.Ns, "web", set => set.Spec.Template.Metadata.Annotations = new Dictionary<string, string> { ["at"] = $"{rig.Wall.GetUtcNow():O}" });
        await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, "web", set => set.Status.ObservedGeneration == set.Metadata.Generation);
    }
}
