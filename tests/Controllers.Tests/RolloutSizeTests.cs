using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers.Tests;

/// <summary>maxSurge and maxUnavailable: how they are counted, and that a rollout keeps to them.</summary>
public sealed class RolloutSizeTests
{
    [Theory]
    [InlineData(10, "25%", "25%", 3, 2)] // a surge rounds up, what may be missing down
    [InlineData(4, "25%", "25%", 1, 1)]
    [InlineData(3, "25%", "25%", 1, 0)]
    [InlineData(1, "25%", "25%", 1, 0)]
    [InlineData(5, "50%", "50%", 3, 2)]
    [InlineData(7, "100%", "100%", 7, 7)]
    [InlineData(10, "1%", "9%", 1, 0)]
    [InlineData(10, "0%", "9%", 0, 1)] // neither would be a standstill: then one may be missing
    [InlineData(10, "0", "30%", 0, 3)]
    [InlineData(10, "2", "3", 2, 3)]
    [InlineData(10, "5", "20", 5, 10)] // no more can be missing than there are to be
    [InlineData(0, "25%", "25%", 0, 0)]
    [InlineData(0, "3", "3", 3, 0)]
    public void SurgeAndUnavailable_OfSoMany_AreCounted(int replicas, string surge, string unavailable, int wantedSurge, int wantedUnavailable)
    {
        var deployment = new V1Deployment { Spec = new V1DeploymentSpec { Replicas = replicas, Strategy = RollingUpdate(surge, unavailable) } };

        Assert.Equal((wantedSurge, wantedUnavailable), (DeploymentMath.MaxSurge(deployment), DeploymentMath.MaxUnavailable(deployment)));
    }

    [Theory]
    [InlineData("0", "1", 4, 3)]
    [InlineData("1", "0", 5, 4)]
    [InlineData("50%", "0%", 6, 4)]
    [InlineData("0%", "50%", 4, 2)]
    [InlineData("100%", "100%", 8, 0)]
    public async Task Rollout_OfFour_NeverHasMoreNorServesLess(string surge, string unavailable, int most, int least)
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 4, spec => spec.Strategy = RollingUpdate(surge, unavailable));
        await rig.RunUntilAsync(() => rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")?.Status?.AvailableReplicas == 4);
        rig.Api.Change(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Spec.Template.Spec.Containers[0].Image = "nginx:2");

        var (seenMost, seenLeast, seenPods) = (0, int.MaxValue, 0);
        await rig.UntilAsync(() =>
        {
            var pods = rig.Pods();
            seenPods = Math.Max(seenPods, pods.Count);
            (seenMost, seenLeast) = (Math.Max(seenMost, rig.Api.All(Kinds.ReplicaSets).Sum(set => set.Spec.Replicas!.Value)), Math.Min(seenLeast, pods.Count(PodState.IsReady)));
            if (rig.Api.IsDrained) ReadyOne(rig, pods);
            return pods.Count == 4 && pods.All(pod => pod.Spec.Containers[0].Image == "nginx:2" && PodState.IsReady(pod));
        });
        Assert.InRange(seenMost, 4, most);
        Assert.InRange(seenLeast, least, 4);
        Assert.True(seenPods > 4 || seenLeast < 4, "nothing can have been replaced"); // a new Pod may come a moment before the old one, whose time is up, is asked to go
    }

    /// <summary>The slowest of kubelets: one Pod at a time becomes ready, of those that were counted: nothing can happen between two counts then.</summary>
    private static void ReadyOne(Rig rig, IReadOnlyList<V1Pod> counted)
    {
        rig.Kubelet(which: PodState.IsTerminating);
        if (counted.FirstOrDefault(pod => !PodState.IsReady(pod)) is { } next) rig.MakeReady(next);
    }

    [Fact]
    public async Task Deployment_OrphanedReplicaSetThatMatches_IsAdoptedAndGoesOn()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 2);
        await rig.RunUntilAsync(() => rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")?.Status?.AvailableReplicas == 2);
        var set = rig.Api.All(Kinds.ReplicaSets)[0].Metadata;
        await rig.DeleteAsync(Kinds.Deployments, Rig.Ns, "web", "Orphan");
        await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, set.Name, value => value.Metadata.OwnerReferences is not { Count: > 0 });
        await rig.UntilAsync(() => rig.Api.Find(Kinds.Deployments, Rig.Ns, "web") is null);

        var next = await rig.DeploymentAsync("web", 2);

        await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, set.Name, value => OwnerReferences.ControllerOf(value)?.Uid == next.Metadata.Uid);
        await rig.RunUntilAsync(() => rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")?.Status is { AvailableReplicas: 2, UpdatedReplicas: 2 });
        Assert.Equal(set.Uid, Assert.Single(rig.Api.All(Kinds.ReplicaSets)).Metadata.Uid);
    }

    [Fact]
    public async Task Deployment_ReplicaSetThatNoLongerMatches_IsReleased()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 1);
        await rig.RunUntilAsync(() => rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")?.Status?.AvailableReplicas == 1);
        var set = rig.Api.All(Kinds.ReplicaSets)[0].Metadata;

        rig.Api.Change(Kinds.ReplicaSets, Rig.Ns, set.Name, value => value.Metadata.Labels["app"] = "other");

        await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, set.Name, value => value.Metadata.OwnerReferences is not { Count: > 0 });
    }

    [Fact]
    public async Task Deadline_Passed_IsTakenBackOnceThePodsComeUp()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 2, spec => spec.ProgressDeadlineSeconds = 60);
        await rig.PodsAsync(2);
        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(5));
            return Progressing(rig) is { Status: "False", Reason: "ProgressDeadlineExceeded" };
        });

        await rig.RunUntilAsync(() => Progressing(rig) is { Status: "True", Reason: "NewReplicaSetAvailable" });
    }

    [Fact]
    public async Task Deadline_WhilePaused_DoesNotRun()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 1, spec => (spec.ProgressDeadlineSeconds, spec.Paused) = (60, true));
        await rig.UntilAsync(() => Progressing(rig) is { Reason: "DeploymentPaused" });
        rig.Clock.Advance(TimeSpan.FromHours(1));
        rig.Api.Change(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Spec.MinReadySeconds = 1); // makes it be looked at
        await rig.UntilAsync(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Status.ObservedGeneration == deployment.Metadata.Generation);

        Assert.Equal("DeploymentPaused", Progressing(rig)!.Reason);
        Assert.Empty(rig.Pods());
    }

    [Fact]
    public async Task Deadline_NotGiven_HasNoProgressCondition()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 1, spec => spec.ProgressDeadlineSeconds = int.MaxValue); // as extensions/v1beta1 had it by default
        await rig.RunUntilAsync(() => rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")?.Status?.AvailableReplicas == 1);

        Assert.Null(Progressing(rig));
    }

    [Fact]
    public async Task HistoryLimit_OfNone_KeepsNoOldReplicaSet()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 1, spec => spec.RevisionHistoryLimit = 0);
        await rig.RunUntilAsync(() => rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")?.Status?.AvailableReplicas == 1);
        var first = rig.Api.All(Kinds.ReplicaSets)[0].Metadata.Name;

        rig.Api.Change(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Spec.Template.Spec.Containers[0].Image = "nginx:2");

        await rig.RunUntilAsync(() => rig.Api.All(Kinds.ReplicaSets) is [var only] && only.Metadata.Name != first);
    }

    private static V1DeploymentCondition? Progressing(Rig rig) => rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")?.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Progressing");

    private static V1DeploymentStrategy RollingUpdate(string surge, string unavailable) =>
        new() { Type = "RollingUpdate", RollingUpdate = new V1RollingUpdateDeployment { MaxSurge = surge, MaxUnavailable = unavailable } };
}
