using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class DaemonSetTests
{
    [Fact]
    public async Task Reconcile_EachNode_GetsOnePod()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        await DaemonSetAsync(rig);
        await rig.PodsAsync(1);
        await rig.NodeAsync("n2");
        await rig.PodsAsync(2);

        Assert.Equal(["n1", "n2"], rig.Pods().Select(DaemonPods.NodeOf).Order());
        var pod = rig.Pods()[0];
        Assert.Contains(pod.Spec.Tolerations, toleration => toleration is { Key: Taints.NotReady, Effect: "NoExecute", OperatorProperty: "Exists" });
        Assert.Equal("1", pod.Metadata.Labels["pod-template-generation"]);
        Assert.NotEmpty(pod.Metadata.Labels["controller-revision-hash"]);
        ReadyWhereMeant(rig);
        var status = (await rig.UntilAsync(Kinds.DaemonSets, Rig.Ns, "ds", set => set.Status?.NumberAvailable == 2)).Status;
        Assert.Equal((2, 2, 2, 0, 2), (status.DesiredNumberScheduled, status.CurrentNumberScheduled, status.NumberReady, status.NumberMisscheduled, status.UpdatedNumberScheduled!.Value));
        Assert.Equal("daemonset-controller", (await rig.EventAsync("ds", "SuccessfulCreate")).Source.Component);
    }

    [Fact]
    public async Task Reconcile_NodeSelector_KeepsOffOtherNodes()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1", node => node.Metadata.Labels = new Dictionary<string, string> { ["disk"] = "ssd" });
        await rig.NodeAsync("n2");
        await DaemonSetAsync(rig, set => set.Spec.Template.Spec.NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" });

        await rig.UntilAsync(Kinds.DaemonSets, Rig.Ns, "ds", set => set.Status?.DesiredNumberScheduled == 1 && rig.Pods().Count == 1);
        Assert.Equal("n1", DaemonPods.NodeOf(rig.Pods()[0]));
        rig.Api.Change(Kinds.Nodes, null, "n1", node => node.Metadata.Labels.Remove("disk"));
        await rig.PodsAsync(0);
    }

    [Fact]
    public async Task RollingUpdate_TemplateChanged_ReplacesOneAtATime()
    {
        await using var rig = await Rig.StartAsync();
        for (var i = 0; i < 3; i++) await rig.NodeAsync($"n{i}");
        await DaemonSetAsync(rig);
        await rig.PodsAsync(3);
        ReadyWhereMeant(rig);
        await rig.UntilAsync(Kinds.DaemonSets, Rig.Ns, "ds", set => set.Status?.NumberAvailable == 3);
        rig.Api.Change(Kinds.DaemonSets, Rig.Ns, "ds", set => set.Spec.Template.Spec.Containers[0].Image = "nginx:2");

        var least = 3;
        await rig.UntilAsync(() =>
        {
            least = Math.Min(least, rig.Pods().Count(PodState.IsReady));
            ReadyWhereMeant(rig);
            return rig.Pods() is { Count: 3 } pods && pods.All(pod => pod.Spec.Containers[0].Image == "nginx:2" && PodState.IsReady(pod));
        });
        Assert.InRange(least, 2, 3);
    }

    [Fact]
    public async Task OnDelete_TemplateChanged_LeavesRunningPods()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        await DaemonSetAsync(rig, set => set.Spec.UpdateStrategy = new V1DaemonSetUpdateStrategy { Type = "OnDelete" });
        await rig.PodsAsync(1);
        ReadyWhereMeant(rig);
        rig.Api.Change(Kinds.DaemonSets, Rig.Ns, "ds", set => set.Spec.Template.Spec.Containers[0].Image = "nginx:2");
        await rig.UntilAsync(Kinds.DaemonSets, Rig.Ns, "ds", set => set.Status is { UpdatedNumberScheduled: null } status && status.ObservedGeneration == set.Metadata.Generation);
        Assert.Equal("nginx:1", Assert.Single(rig.Pods()).Spec.Containers[0].Image);

        await rig.DeleteAsync(Kinds.Pods, Rig.Ns, rig.Pods()[0].Metadata.Name);
        await rig.UntilAsync(() =>
        {
            ReadyWhereMeant(rig);
            return rig.Pods() is [var pod] && pod.Spec.Containers[0].Image == "nginx:2";
        });
    }

    [Fact]
    public async Task Pod_AskedToGo_IsReplacedOnlyOnceItIsGone()
    {
        await using var rig = await Rig.StartAsync();
        await ServingAsync(rig);
        await rig.DeleteAsync(Kinds.Pods, Rig.Ns, rig.Pods()[0].Metadata.Name); // it ends in its own time
        rig.Api.Change(Kinds.DaemonSets, Rig.Ns, "ds", set => set.Spec.Template.Spec.Containers[0].Image = "nginx:2");
        await rig.UntilAsync(Kinds.DaemonSets, Rig.Ns, "ds", set => set.Status.ObservedGeneration == set.Metadata.Generation && set.Status.UpdatedNumberScheduled is null);

        var status = rig.Api.Find(Kinds.DaemonSets, Rig.Ns, "ds")!.Status;
        Assert.Equal((1, 1), (status.CurrentNumberScheduled, status.NumberReady)); // it still serves
        Assert.True(PodState.IsTerminating(Assert.Single(rig.Api.All(Kinds.Pods))));
        await rig.UntilAsync(() =>
        {
            ReadyWhereMeant(rig);
            return rig.Pods() is [var pod] && pod.Spec.Containers[0].Image == "nginx:2" && PodState.IsReady(pod);
        });
    }

    [Fact]
    public async Task History_TemplateChangedAndBack_IsOneRevisionATemplateUnderNewNumbers()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        var set = await DaemonSetAsync(rig, value => value.Metadata.Annotations["kubernetes.io/change-cause"] = "why");
        await rig.UntilAsync(() => Revisions(rig) is [{ Revision: 1 }]);
        var first = Revisions(rig)[0];
        Assert.Equal(set.Metadata.Uid, OwnerReferences.ControllerOf(first)!.Uid);
        Assert.Equal(("ds", "why"), (first.Metadata.Labels["app"], first.Metadata.Annotations["kubernetes.io/change-cause"]));
        Assert.Equal($"ds-{first.Metadata.Labels["controller-revision-hash"]}", first.Metadata.Name);
        Assert.StartsWith("""{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"app":"ds"}},"spec":{"containers":[""", first.Data.ToString(), StringComparison.Ordinal);
        await rig.UntilAsync(() => rig.Pods() is [var pod] && pod.Metadata.Labels["controller-revision-hash"] == first.Metadata.Labels["controller-revision-hash"]);

        rig.Api.Change(Kinds.DaemonSets, Rig.Ns, "ds", value => value.Spec.Template.Spec.Containers[0].Image = "nginx:2");
        await rig.UntilAsync(() => Revisions(rig) is [{ Revision: 1 }, { Revision: 2 }]);
        rig.Api.Change(Kinds.DaemonSets, Rig.Ns, "ds", value => value.Spec.Template.Spec.Containers[0].Image = "nginx:1");

        await rig.UntilAsync(() => Revisions(rig) is [{ Revision: 2 }, { Revision: 3 } newest] && newest.Metadata.Uid == first.Metadata.Uid);
    }

    [Fact]
    public async Task History_BeyondTheLimit_DeletesTheOldestThatNoPodRuns()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        await DaemonSetAsync(rig, set => set.Spec.RevisionHistoryLimit = 1);
        await rig.PodsAsync(1);
        for (var i = 2; i <= 4; i++)
        {
            rig.Api.Change(Kinds.DaemonSets, Rig.Ns, "ds", set => set.Spec.Template.Spec.Containers[0].Image = $"nginx:{i}");
            await rig.UntilAsync(() =>
            {
                ReadyWhereMeant(rig);
                return rig.Pods() is [var pod] && pod.Spec.Containers[0].Image == $"nginx:{i}" && PodState.IsReady(pod);
            });
        }

        await rig.UntilAsync(() =>
        {
            ReadyWhereMeant(rig);
            return Revisions(rig) is [{ Revision: 3 }, { Revision: 4 }];
        }, () => string.Join(' ', Revisions(rig).Select(revision => revision.Revision)));
    }

    [Fact]
    public async Task History_HashTakenByAStranger_TakesAnother()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        var stranger = Kinds.ControllerRevisions.New(Rig.Ns, $"ds-{PodTemplates.Hash(Rig.Template("ds"), null)}");
        (stranger.Data, stranger.Revision) = (System.Text.Json.JsonElement.Parse("{}"u8), 7);
        await rig.CreateAsync(Kinds.ControllerRevisions, stranger);
        await DaemonSetAsync(rig);

        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromMilliseconds(10));
            return Revisions(rig).Count == 2 && rig.Pods().Count == 1;
        });
        Assert.Equal(1, rig.Api.Find(Kinds.DaemonSets, Rig.Ns, "ds")!.Status.CollisionCount);
    }

    [Theory]
    [InlineData("50%", "0", 4, 2)]
    [InlineData("26%", "0", 4, 2)] // rounds up
    [InlineData("3", "0", 4, 1)]
    [InlineData("0", "1", 5, 4)]
    [InlineData("0", "50%", 6, 4)]
    public async Task RollingUpdate_OfFour_KeepsToUnavailableAndSurge(string unavailable, string surge, int most, int least)
    {
        await using var rig = await Rig.StartAsync();
        for (var i = 0; i < 4; i++) await rig.NodeAsync($"n{i}");
        await DaemonSetAsync(rig, set => set.Spec.UpdateStrategy.RollingUpdate = new V1RollingUpdateDaemonSet { MaxUnavailable = unavailable, MaxSurge = surge });
        await rig.PodsAsync(4);
        ReadyWhereMeant(rig);
        await rig.UntilAsync(Kinds.DaemonSets, Rig.Ns, "ds", set => set.Status?.NumberAvailable == 4);
        rig.Api.Change(Kinds.DaemonSets, Rig.Ns, "ds", set => set.Spec.Template.Spec.Containers[0].Image = "nginx:2");

        var (seenMost, seenLeast) = (0, int.MaxValue);
        await rig.UntilAsync(() =>
        {
            var pods = rig.Pods();
            (seenMost, seenLeast) = (Math.Max(seenMost, pods.Count), Math.Min(seenLeast, pods.Count(PodState.IsReady)));
            if (rig.Api.IsDrained) ReadyWhereMeant(rig, pods.FirstOrDefault(pod => !PodState.IsReady(pod))?.Metadata.Name ?? ""); // one that was counted: nothing can happen between two counts then
            return pods.Count == 4 && pods.All(pod => pod.Spec.Containers[0].Image == "nginx:2" && PodState.IsReady(pod));
        });
        Assert.InRange(seenMost, 4, most);
        Assert.InRange(seenLeast, least, 4);
        Assert.True(seenMost > 4 || seenLeast < 4, "nothing can have been replaced");
        await rig.UntilAsync(Kinds.DaemonSets, Rig.Ns, "ds", set => set.Status.UpdatedNumberScheduled == 4);
    }

    /// <summary>Whoever takes it says so nowhere but in the Pod.</summary>
    [Fact]
    public async Task PodTakenOutOfTheSet_InOneWrite_IsReplaced()
    {
        await using var rig = await Rig.StartAsync();
        await ServingAsync(rig);
        var writes = 0;
        var looks = 0;
        await rig.UntilAsync(() => // nothing of its own is on the way any more that would bring the set back by chance
        {
            looks = rig.Api.Writes.Count == writes && rig.Api.IsDrained ? looks + 1 : 0;
            writes = rig.Api.Writes.Count;
            return looks > 20;
        });
        rig.Api.Change(Kinds.Pods, Rig.Ns, rig.Pods()[0].Metadata.Name, pod => (pod.Metadata.OwnerReferences, pod.Metadata.Labels) = (null, new Dictionary<string, string> { ["app"] = "mine" }));
        await rig.PodsAsync(2);
    }

    [Fact]
    public async Task OrphanOnANode_IsAdopted_AndOneThatNoLongerMatches_ReleasedAndReplaced()
    {
        await using var rig = await Rig.StartAsync(api => Rig.Orphan(api, "stray", "ds", node: "n1"));
        await rig.NodeAsync("n1");
        var set = await DaemonSetAsync(rig, value => value.Spec.UpdateStrategy = new V1DaemonSetUpdateStrategy { Type = "OnDelete" });
        await rig.UntilAsync(Kinds.Pods, Rig.Ns, "stray", pod => OwnerReferences.ControllerOf(pod)?.Uid == set.Metadata.Uid);
        await rig.UntilAsync(Kinds.DaemonSets, Rig.Ns, "ds", value => value.Status?.CurrentNumberScheduled == 1);
        Assert.Single(rig.Pods());

        rig.Api.Change(Kinds.Pods, Rig.Ns, "stray", pod => pod.Metadata.Labels["app"] = "debug");

        await rig.UntilAsync(Kinds.Pods, Rig.Ns, "stray", pod => pod.Metadata.OwnerReferences is not { Count: > 0 });
        await rig.PodsAsync(2);
    }

    [Theory]
    [InlineData("NoSchedule", true)]
    [InlineData("NoExecute", false)]
    public async Task Node_TaintedLater_GetsNoPod_AndKeepsTheOneItHasUnlessItIsDrivenOff(string effect, bool keeps)
    {
        await using var rig = await Rig.StartAsync();
        await ServingAsync(rig);
        rig.Api.Change(Kinds.Nodes, null, "n1", node => node.Spec.Taints = [new V1Taint { Key = "mine", Effect = effect, TimeAdded = rig.Clock.GetUtcNow().UtcDateTime }]);

        await rig.UntilAsync(Kinds.DaemonSets, Rig.Ns, "ds", set =>
        {
            ReadyWhereMeant(rig);
            return set.Status is { DesiredNumberScheduled: 0 } status && status.NumberMisscheduled == (keeps ? 1 : 0);
        });
        Assert.Equal(keeps ? 1 : 0, rig.Pods().Count);
    }

    private static List<V1ControllerRevision> Revisions(Rig rig) => [.. rig.Api.All(Kinds.ControllerRevisions, Rig.Ns).OrderBy(revision => revision.Revision)];

    /// <summary>A set on one node, with its Pod available.</summary>
    private static async Task ServingAsync(Rig rig)
    {
        await rig.NodeAsync("n1");
        await DaemonSetAsync(rig);
        await rig.PodsAsync(1);
        ReadyWhereMeant(rig);
        await rig.UntilAsync(Kinds.DaemonSets, Rig.Ns, "ds", set => set.Status?.NumberAvailable == 1);
    }

    /// <param name="only">The one Pod that becomes ready; null for all.</param>
    private static void ReadyWhereMeant(Rig rig, string? only = null)
    {
        foreach (var node in rig.Api.All(Kinds.Nodes)) rig.Kubelet(node.Metadata.Name, pod => DaemonPods.NodeOf(pod) == node.Metadata.Name && (PodState.IsTerminating(pod) || only is null || pod.Metadata.Name == only));
    }

    private static Task<V1DaemonSet> DaemonSetAsync(Rig rig, Action<V1DaemonSet>? change = null)
    {
        var set = Kinds.DaemonSets.New(Rig.Ns, "ds");
        set.Metadata.Annotations = new Dictionary<string, string> { ["deprecated.daemonset.template.generation"] = "1" };
        set.Spec = new V1DaemonSetSpec
        {
            Selector = Rig.Selector("ds"),
            Template = Rig.Template("ds"),
            UpdateStrategy = new V1DaemonSetUpdateStrategy { Type = "RollingUpdate", RollingUpdate = new V1RollingUpdateDaemonSet { MaxUnavailable = 1, MaxSurge = 0 } },
        };
        change?.Invoke(set);
        return rig.CreateAsync(Kinds.DaemonSets, set);
    }
}
