using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class ReplicaSetTests
{
    [Fact]
    public async Task Reconcile_NewReplicaSet_MakesPodsOfTheTemplate()
    {
        await using var rig = await Rig.StartAsync();
        var set = await rig.ReplicaSetAsync("web", 3);

        await rig.PodsAsync(3);
        var pod = rig.Pods()[0];
        Assert.StartsWith("web-", pod.Metadata.Name, StringComparison.Ordinal);
        Assert.Equal("web", pod.Metadata.Labels["app"]);
        var owner = Assert.Single(pod.Metadata.OwnerReferences);
        Assert.Equal(("apps/v1", "ReplicaSet", "web", set.Metadata.Uid, true, true), (owner.ApiVersion, owner.Kind, owner.Name, owner.Uid, owner.Controller, owner.BlockOwnerDeletion));
        var said = await rig.EventAsync("web", "SuccessfulCreate", $"Created pod: {pod.Metadata.Name}");
        Assert.Equal(("Normal", "replicaset-controller"), (said.Type, said.Source.Component));
    }

    [Fact]
    public async Task Reconcile_Many_MakesExactlyAsMany()
    {
        await using var rig = await Rig.StartAsync();
        await rig.ReplicaSetAsync("web", 500);

        await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, "web", set => set.Status?.Replicas == 500);
        Assert.Equal(500, rig.Api.Writes.Count(write => write.StartsWith("create pods", StringComparison.Ordinal))); // no more, however stale the cache was
    }

    [Fact]
    public async Task Reconcile_PodsBecomeReady_CountsThemInStatus()
    {
        await using var rig = await Rig.StartAsync();
        await rig.ReplicaSetAsync("web", 2);
        await rig.PodsAsync(2);
        rig.Kubelet();

        var status = (await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, "web", set => set.Status?.AvailableReplicas == 2)).Status;
        Assert.Equal((2, 2, 2, 0, 1L), (status.Replicas, status.FullyLabeledReplicas!.Value, status.ReadyReplicas!.Value, status.TerminatingReplicas!.Value, status.ObservedGeneration!.Value));
    }

    [Fact]
    public async Task Reconcile_MinReadySeconds_IsAvailableOnlyAfterThem()
    {
        await using var rig = await Rig.StartAsync();
        await rig.ReplicaSetAsync("web", 1, set => set.Spec.MinReadySeconds = 10);
        await rig.PodsAsync(1);
        rig.Kubelet();

        await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, "web", set => set.Status?.ReadyReplicas == 1);
        Assert.Null(rig.Api.Find(Kinds.ReplicaSets, Rig.Ns, "web")!.Status.AvailableReplicas);
        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return rig.Api.Find(Kinds.ReplicaSets, Rig.Ns, "web")!.Status.AvailableReplicas == 1;
        });
    }

    [Fact]
    public async Task Reconcile_ScaledDown_DeletesThoseThatServeLeast()
    {
        await using var rig = await Rig.StartAsync();
        await rig.ReplicaSetAsync("web", 3);
        await rig.PodsAsync(3);
        var keep = rig.Pods()[1].Metadata.Name;
        rig.Kubelet(which: pod => pod.Metadata.Name == keep);
        await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, "web", set => set.Status?.ReadyReplicas == 1);
        rig.Api.Change(Kinds.ReplicaSets, Rig.Ns, "web", set => set.Spec.Replicas = 1);

        await rig.PodsAsync(1);
        Assert.Equal(keep, rig.Pods()[0].Metadata.Name);
        await rig.EventAsync("web", "SuccessfulDelete");
    }

    [Fact]
    public async Task Reconcile_PodDeleted_MakesAnother()
    {
        await using var rig = await Rig.StartAsync();
        await rig.ReplicaSetAsync("web", 1);
        await rig.PodsAsync(1);
        var first = rig.Pods()[0].Metadata;
        await rig.DeleteAsync(Kinds.Pods, Rig.Ns, first.Name);

        await rig.UntilAsync(() => rig.Pods() is [var pod] && pod.Metadata.Uid != first.Uid);
    }

    [Fact]
    public async Task Reconcile_OrphanThatMatches_IsAdoptedInsteadOfMakingOne()
    {
        // There from the start: of a Pod and a ReplicaSet made one after the other either may be seen first.
        await using var rig = await Rig.StartAsync(api => Rig.Orphan(api, "stray", "web"));
        var set = await rig.ReplicaSetAsync("web", 1);

        await rig.UntilAsync(Kinds.Pods, Rig.Ns, "stray", pod => OwnerReferences.ControllerOf(pod)?.Uid == set.Metadata.Uid);
        await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, "web", value => value.Status?.Replicas == 1);
        Assert.Single(rig.Pods());
    }

    [Fact]
    public async Task Reconcile_PodNoLongerMatches_IsReleasedAndReplaced()
    {
        await using var rig = await Rig.StartAsync();
        await rig.ReplicaSetAsync("web", 1);
        await rig.PodsAsync(1);
        var name = rig.Pods()[0].Metadata.Name;
        rig.Api.Change(Kinds.Pods, Rig.Ns, name, pod => pod.Metadata.Labels["app"] = "debug");

        await rig.UntilAsync(Kinds.Pods, Rig.Ns, name, pod => pod.Metadata.OwnerReferences is not { Count: > 0 });
        await rig.PodsAsync(2);
    }

    /// <summary>A key says where to look, not what happened: what happens while nobody is told is made up for all the same.</summary>
    [Fact]
    public async Task Reconcile_ChangesWhileTheWatchesAreBroken_AreMadeUpFor()
    {
        await using var rig = await Rig.StartAsync();
        await rig.ReplicaSetAsync("web", 2);
        await rig.DeploymentAsync("roll", 2);
        await rig.PodsAsync(4);
        var broken = true;
        rig.Api.Fault = (verb, _, _) =>
        {
            if (verb is "list" or "watch" && Volatile.Read(ref broken)) throw new IOException("no connection");
        };
        rig.Api.EndWatches(new IOException("the connection broke"));
        rig.Api.Change(Kinds.ReplicaSets, Rig.Ns, "web", set => set.Spec.Replicas = 3);
        rig.Api.Change(Kinds.Deployments, Rig.Ns, "roll", deployment => deployment.Spec.Template.Spec.Containers[0].Image = "nginx:2");
        await rig.DeleteAsync(Kinds.Pods, Rig.Ns, rig.Pods().First(pod => pod.Metadata.Labels["app"] == "web").Metadata.Name);
        for (var i = 0; i < 20; i++) rig.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(rig.Pods(), pod => pod.Metadata.Labels["app"] == "web");

        Volatile.Write(ref broken, false);

        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            rig.Kubelet();
            var pods = rig.Pods();
            return pods.Count(pod => pod.Metadata.Labels["app"] == "web") == 3 && pods.Where(pod => pod.Metadata.Labels["app"] == "roll").ToList() is { Count: 2 } rolled && rolled.All(pod => pod.Spec.Containers[0].Image == "nginx:2");
        });
    }

    [Fact]
    public async Task Reconcile_PodOfAnotherOwnerThatMatches_IsLeftAlone()
    {
        await using var rig = await Rig.StartAsync();
        var other = await rig.ReplicaSetAsync("other", 1, set => set.Spec.Template.Metadata.Labels["tier"] = "back");
        await rig.PodsAsync(1);
        var taken = rig.Pods()[0].Metadata.Name;

        await rig.ReplicaSetAsync("web", 1, set => (set.Spec.Selector, set.Spec.Template.Metadata.Labels) = (new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["tier"] = "back" } }, new Dictionary<string, string> { ["tier"] = "back" }));

        await rig.PodsAsync(2);
        Assert.Equal(other.Metadata.Uid, OwnerReferences.ControllerOf(rig.Api.Find(Kinds.Pods, Rig.Ns, taken)!)!.Uid);
    }

    [Fact]
    public async Task Reconcile_ReplicationController_AdoptsAndReleases()
    {
        await using var rig = await Rig.StartAsync(api => Rig.Orphan(api, "stray", "rc"));
        var rc = Kinds.ReplicationControllers.New(Rig.Ns, "rc");
        rc.Spec = new V1ReplicationControllerSpec { Replicas = 1, Selector = new Dictionary<string, string> { ["app"] = "rc" }, Template = Rig.Template("rc") };
        rc = await rig.CreateAsync(Kinds.ReplicationControllers, rc);
        await rig.UntilAsync(Kinds.Pods, Rig.Ns, "stray", pod => OwnerReferences.ControllerOf(pod)?.Uid == rc.Metadata.Uid);
        await rig.UntilAsync(Kinds.ReplicationControllers, Rig.Ns, "rc", value => value.Status?.Replicas == 1);
        Assert.Single(rig.Pods());

        rig.Api.Change(Kinds.Pods, Rig.Ns, "stray", pod => pod.Metadata.Labels["app"] = "debug");

        await rig.UntilAsync(Kinds.Pods, Rig.Ns, "stray", pod => pod.Metadata.OwnerReferences is not { Count: > 0 });
        await rig.PodsAsync(2);
    }

    [Fact]
    public async Task Reconcile_CreationForbidden_TellsInEventAndCondition()
    {
        await using var rig = await Rig.StartAsync();
        var blocked = true;
        rig.Api.Fault = (verb, resource, _) =>
        {
            if (blocked && verb == "create" && resource == "pods") throw ApiErrors.Forbidden(Kinds.Pods.GroupVersionResource, "web-", "exceeded quota");
        };
        await rig.ReplicaSetAsync("web", 5);

        var said = await rig.EventAsync("web", "FailedCreate");
        Assert.Equal("Error creating: pods \"web-\" is forbidden: exceeded quota", said.Message);
        var failure = Assert.Single((await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, "web", set => set.Status?.Conditions is { Count: 1 })).Status.Conditions);
        Assert.Equal(("ReplicaFailure", "True", "FailedCreate", "pods \"web-\" is forbidden: exceeded quota"), (failure.Type, failure.Status, failure.Reason, failure.Message));

        blocked = false;
        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return rig.Pods().Count == 5;
        });
        await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, "web", set => set.Status?.Conditions is not { Count: > 0 });
    }

    [Fact]
    public async Task Reconcile_ReplicationController_KeepsItsPods()
    {
        await using var rig = await Rig.StartAsync();
        var rc = Kinds.ReplicationControllers.New(Rig.Ns, "rc");
        rc.Spec = new V1ReplicationControllerSpec { Replicas = 2, Selector = new Dictionary<string, string> { ["app"] = "rc" }, Template = Rig.Template("rc") };
        await rig.CreateAsync(Kinds.ReplicationControllers, rc);

        await rig.PodsAsync(2);
        rig.Kubelet();
        var status = (await rig.UntilAsync(Kinds.ReplicationControllers, Rig.Ns, "rc", value => value.Status?.AvailableReplicas == 2)).Status;
        Assert.Equal((2, 2), (status.Replicas, status.FullyLabeledReplicas!.Value));
        Assert.Equal("replication-controller", (await rig.EventAsync("rc", "SuccessfulCreate")).Source.Component);
    }
}
