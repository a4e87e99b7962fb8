using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class GarbageCollectorTests
{
    [Fact]
    public async Task Delete_Background_TakesTheDependentsAlong()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 2);
        await rig.PodsAsync(2);
        await rig.DeleteAsync(Kinds.Deployments, Rig.Ns, "web", "Background");

        await rig.UntilAsync(() => rig.Api.All(Kinds.ReplicaSets).Count == 0 && rig.Api.All(Kinds.Pods).Count == 0);
    }

    [Fact]
    public async Task Delete_Orphan_LeavesTheDependentsWithoutOwner()
    {
        await using var rig = await Rig.StartAsync();
        await rig.ReplicaSetAsync("web", 2);
        await rig.PodsAsync(2);
        await rig.DeleteAsync(Kinds.ReplicaSets, Rig.Ns, "web", "Orphan");

        await rig.UntilAsync(() => rig.Api.All(Kinds.ReplicaSets).Count == 0);
        Assert.Equal(2, rig.Pods().Count);
        Assert.All(rig.Pods(), pod => Assert.True(pod.Metadata.OwnerReferences is not { Count: > 0 }));
    }

    /// <summary>The collector's watch of them lags: it would take them for dependents of an owner that is gone.</summary>
    [Fact]
    public async Task Delete_Orphan_LeavesDependentsThatTheWatchHasNotShownYet()
    {
        await using var rig = await Rig.StartAsync();
        var owner = await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New(Rig.Ns, "owner"));
        rig.Api.Fault = (verb, resource, _) =>
        {
            if (verb == "watch" && resource == "secrets") throw new IOException("no connection");
        };
        rig.Api.EndWatches(new IOException("the connection broke"));
        var dependent = Kinds.Secrets.New(Rig.Ns, "dependent");
        dependent.Metadata.OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "owner", Uid = owner.Metadata.Uid }];
        await rig.CreateAsync(Kinds.Secrets, dependent);
        await rig.DeleteAsync(Kinds.ConfigMaps, Rig.Ns, "owner", "Orphan");
        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromMilliseconds(100)); // watches are opened again after a pause
            return rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "owner") is null;
        });
        Assert.True(rig.Api.Find(Kinds.Secrets, Rig.Ns, "dependent")!.Metadata.OwnerReferences is not { Count: > 0 });
    }

    [Fact]
    public async Task Delete_Foreground_WaitsForDependentsThatTheWatchHasNotShownYet()
    {
        await using var rig = await Rig.StartAsync();
        var owner = await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New(Rig.Ns, "owner"));
        var broken = true;
        rig.Api.Fault = (verb, resource, _) =>
        {
            if (verb == "watch" && resource == "secrets" && Volatile.Read(ref broken)) throw new IOException("no connection");
        };
        rig.Api.EndWatches(new IOException("the connection broke"));
        var dependent = Kinds.Secrets.New(Rig.Ns, "dependent");
        dependent.Metadata.OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "owner", Uid = owner.Metadata.Uid, BlockOwnerDeletion = true }];
        await rig.CreateAsync(Kinds.Secrets, dependent);
        await rig.DeleteAsync(Kinds.ConfigMaps, Rig.Ns, "owner", "Foreground");
        var looks = 0;
        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromMilliseconds(100)); // watches are opened again after a pause
            return ++looks > 100 || rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "owner") is null;
        });
        Assert.NotNull(rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "owner"));
        Volatile.Write(ref broken, false);
        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "owner") is null && rig.Api.Find(Kinds.Secrets, Rig.Ns, "dependent") is null;
        });
    }

    [Fact]
    public async Task Delete_Foreground_WaitsForTheDependents()
    {
        await using var rig = await Rig.StartAsync();
        await rig.ReplicaSetAsync("web", 1);
        await rig.PodsAsync(1);
        rig.Kubelet();
        await rig.UntilAsync(Kinds.ReplicaSets, Rig.Ns, "web", set => set.Status?.ReadyReplicas == 1);
        await rig.DeleteAsync(Kinds.ReplicaSets, Rig.Ns, "web", "Foreground");

        await rig.UntilAsync(() => rig.Api.All(Kinds.Pods).All(PodState.IsTerminating));
        Assert.Contains("foregroundDeletion", rig.Api.Find(Kinds.ReplicaSets, Rig.Ns, "web")!.Metadata.Finalizers);
        await rig.RunUntilAsync(() => rig.Api.Find(Kinds.ReplicaSets, Rig.Ns, "web") is null);
        Assert.Empty(rig.Api.All(Kinds.Pods));
    }

    [Fact]
    public async Task Collect_OwnerNeverExisted_DeletesTheDependent()
    {
        await using var rig = await Rig.StartAsync();
        await rig.CreateAsync(Kinds.ConfigMaps, Owned("lost", new V1OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "none", Uid = "gone" }));

        await rig.UntilAsync(() => rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "lost") is null);
    }

    [Fact]
    public async Task Collect_OneOfTwoOwnersGone_DropsOnlyItsReference()
    {
        await using var rig = await Rig.StartAsync();
        var kept = await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New(Rig.Ns, "kept"));
        await rig.CreateAsync(Kinds.ConfigMaps, Owned("shared",
            new V1OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "kept", Uid = kept.Metadata.Uid },
            new V1OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "gone", Uid = "gone" }));

        var shared = await rig.UntilAsync(Kinds.ConfigMaps, Rig.Ns, "shared", value => value.Metadata.OwnerReferences.Count == 1);
        Assert.Equal("kept", shared.Metadata.OwnerReferences[0].Name);
    }

    [Fact]
    public async Task Collect_OwnerOfAKindNotServed_LeavesTheDependent()
    {
        await using var rig = await Rig.StartAsync();
        await rig.CreateAsync(Kinds.ConfigMaps, Owned("foreign", new V1OwnerReference { ApiVersion = "example.com/v1", Kind = "Widget", Name = "w", Uid = "x" }));
        await rig.CreateAsync(Kinds.ConfigMaps, Owned("lost", new V1OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "none", Uid = "gone" }));

        await rig.UntilAsync(() => rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "lost") is null);
        Assert.NotNull(rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "foreign"));
    }

    [Fact]
    public async Task Collect_OwnerOnlyInAnotherNamespace_DeletesTheDependentAndSaysWhy()
    {
        await using var rig = await Rig.StartAsync();
        var owner = await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("other", "owner"));
        await rig.CreateAsync(Kinds.ConfigMaps, Owned("astray", new V1OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "owner", Uid = owner.Metadata.Uid }));

        await rig.UntilAsync(() => rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "astray") is null);
        Assert.Equal($"ownerRef [v1/ConfigMap, namespace: default, name: owner, uid: {owner.Metadata.Uid}] does not exist in namespace \"default\"", (await rig.EventAsync("astray", "OwnerRefInvalidNamespace")).Message);
        Assert.NotNull(rig.Api.Find(Kinds.ConfigMaps, "other", "owner"));
    }

    [Fact]
    public async Task Delete_Foreground_WaitsOnlyForThoseThatBlock()
    {
        await using var rig = await Rig.StartAsync();
        var owner = await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New(Rig.Ns, "owner"));
        V1OwnerReference Reference(bool block) => new() { ApiVersion = "v1", Kind = "ConfigMap", Name = "owner", Uid = owner.Metadata.Uid, BlockOwnerDeletion = block };
        var (blocking, loose) = (Owned("blocking", Reference(true)), Owned("loose", Reference(false)));
        (blocking.Metadata.Finalizers, loose.Metadata.Finalizers) = (["example.com/hold"], ["example.com/hold"]);
        await rig.CreateAsync(Kinds.ConfigMaps, blocking);
        await rig.CreateAsync(Kinds.ConfigMaps, loose);
        await rig.DeleteAsync(Kinds.ConfigMaps, Rig.Ns, "owner", "Foreground");
        await rig.UntilAsync(() => rig.Api.All(Kinds.ConfigMaps, Rig.Ns).All(map => map.Metadata.Name == "kube-root-ca.crt" || map.Metadata.DeletionTimestamp is not null));
        Assert.NotNull(rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "owner"));

        var let = Kinds.ConfigMaps.Clone(rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "blocking")!);
        let.Metadata.Finalizers = null;
        await rig.Api.UpdateAsync(Kinds.ConfigMaps, let, null, rig.Ct);

        await rig.UntilAsync(() => rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "owner") is null);
        Assert.NotNull(rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "loose")); // still held by its own finalizer, which is nobody's business
    }

    [Fact]
    public async Task Collect_OwnerMadeAnewUnderItsName_DeletesWhatBelongedToTheOldOne()
    {
        await using var rig = await Rig.StartAsync();
        await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New(Rig.Ns, "owner"));
        await rig.CreateAsync(Kinds.ConfigMaps, Owned("old", new V1OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "owner", Uid = "the-one-before" }));

        await rig.UntilAsync(() => rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "old") is null);
        Assert.NotNull(rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "owner"));
    }

    [Fact]
    public async Task Delete_Background_OfOneOfTwoOwners_LeavesTheDependentToTheOther()
    {
        await using var rig = await Rig.StartAsync();
        V1OwnerReference[] owners = [.. await Task.WhenAll(((string[])["one", "two"]).Select(async name => new V1OwnerReference
        {
            ApiVersion = "v1", Kind = "ConfigMap", Name = name, Uid = (await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New(Rig.Ns, name))).Metadata.Uid,
        }))];
        await rig.CreateAsync(Kinds.ConfigMaps, Owned("shared", owners));
        await rig.DeleteAsync(Kinds.ConfigMaps, Rig.Ns, "one", "Background");
        await rig.UntilAsync(Kinds.ConfigMaps, Rig.Ns, "shared", map => map.Metadata.OwnerReferences is [{ Name: "two" }]);

        await rig.DeleteAsync(Kinds.ConfigMaps, Rig.Ns, "two", "Background");
        await rig.UntilAsync(() => rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "shared") is null);
    }

    [Fact]
    public async Task Delete_ForegroundInACircle_ComesToAnEnd()
    {
        await using var rig = await Rig.StartAsync();
        V1OwnerReference To(V1ConfigMap map) => new() { ApiVersion = "v1", Kind = "ConfigMap", Name = map.Metadata.Name, Uid = map.Metadata.Uid, BlockOwnerDeletion = true };
        var first = await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New(Rig.Ns, "first"));
        var second = await rig.CreateAsync(Kinds.ConfigMaps, Owned("second", To(first)));
        rig.Api.Change(Kinds.ConfigMaps, Rig.Ns, "first", map => map.Metadata.OwnerReferences = [To(second)]);
        await rig.UntilAsync(() => rig.Api.IsDrained);

        await rig.DeleteAsync(Kinds.ConfigMaps, Rig.Ns, "first", "Foreground");

        await rig.UntilAsync(() => rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "first") is null && rig.Api.Find(Kinds.ConfigMaps, Rig.Ns, "second") is null);
    }

    [Fact]
    public async Task Delete_OrphanOfADeployment_LeavesReplicaSetAndPodsRunning()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 2);
        await rig.PodsAsync(2);
        await rig.DeleteAsync(Kinds.Deployments, Rig.Ns, "web", "Orphan");
        await rig.UntilAsync(() => rig.Api.Find(Kinds.Deployments, Rig.Ns, "web") is null);

        var set = Assert.Single(rig.Api.All(Kinds.ReplicaSets));
        Assert.True(set.Metadata.OwnerReferences is not { Count: > 0 });
        Assert.All(rig.Pods(), pod => Assert.Equal(set.Metadata.Uid, OwnerReferences.ControllerOf(pod)!.Uid));
        Assert.Equal(2, rig.Pods().Count);
    }

    private static V1ConfigMap Owned(string name, params V1OwnerReference[] owners)
    {
        var map = Kinds.ConfigMaps.New(Rig.Ns, name);
        map.Metadata.OwnerReferences = owners;
        return map;
    }
}
