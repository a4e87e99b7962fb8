using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class NamespaceTests
{
    [Fact]
    public async Task Namespace_New_GetsAccountAndRootCertificate()
    {
        await using var rig = await Rig.StartAsync();
        await NamespaceAsync(rig, "team");

        await rig.UntilAsync(Kinds.ServiceAccounts, "team", "default", _ => true);
        var map = await rig.UntilAsync(Kinds.ConfigMaps, "team", "kube-root-ca.crt", _ => true);
        Assert.Equal(Rig.Certificate, map.Data["ca.crt"]);
        Assert.StartsWith("Contains a CA bundle", map.Metadata.Annotations["kubernetes.io/description"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Namespace_ItsFurnitureChangedOrDeleted_GetsItBack()
    {
        await using var rig = await Rig.StartAsync();
        await NamespaceAsync(rig, "team");
        await rig.UntilAsync(Kinds.ServiceAccounts, "team", "default", _ => true);
        await rig.UntilAsync(Kinds.ConfigMaps, "team", "kube-root-ca.crt", _ => true);
        var uid = rig.Api.Find(Kinds.ServiceAccounts, "team", "default")!.Metadata.Uid;
        await rig.DeleteAsync(Kinds.ServiceAccounts, "team", "default");
        rig.Api.Change(Kinds.ConfigMaps, "team", "kube-root-ca.crt", map => map.Data["ca.crt"] = "forged");

        await rig.UntilAsync(Kinds.ServiceAccounts, "team", "default", account => account.Metadata.Uid != uid);
        await rig.UntilAsync(Kinds.ConfigMaps, "team", "kube-root-ca.crt", map => map.Data["ca.crt"] == Rig.Certificate);
        var first = rig.Api.Find(Kinds.ConfigMaps, "team", "kube-root-ca.crt")!.Metadata.Uid;
        await rig.DeleteAsync(Kinds.ConfigMaps, "team", "kube-root-ca.crt");
        await rig.UntilAsync(Kinds.ConfigMaps, "team", "kube-root-ca.crt", map => map.Metadata.Uid != first && map.Data["ca.crt"] == Rig.Certificate);
    }

    [Fact]
    public async Task Delete_WithContent_EmptiesItAndThenGoes()
    {
        await using var rig = await Rig.StartAsync();
        await NamespaceAsync(rig, "team");
        await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("team", "settings"));
        await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("other", "settings"));
        await rig.UntilAsync(Kinds.ServiceAccounts, "team", "default", _ => true);
        await rig.UntilAsync(Kinds.ConfigMaps, "team", "kube-root-ca.crt", _ => true);
        await rig.DeleteAsync(Kinds.Namespaces, null, "team");

        await rig.UntilAsync(() => rig.Api.Find(Kinds.Namespaces, null, "team") is null);
        Assert.Empty(rig.Api.All(Kinds.ConfigMaps, "team"));
        Assert.Empty(rig.Api.All(Kinds.ServiceAccounts, "team"));
        Assert.Single(rig.Api.All(Kinds.ConfigMaps, "other"));
    }

    [Fact]
    public async Task Delete_PodStillEnding_SaysSoAndWaitsBeforeTheRest()
    {
        await using var rig = await Rig.StartAsync();
        await NamespaceAsync(rig, "team");
        var pod = Kinds.Pods.New("team", "slow");
        pod.Spec = Rig.Template("slow").Spec;
        rig.MakeReady(await rig.CreateAsync(Kinds.Pods, pod));
        await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("team", "settings"));
        await rig.DeleteAsync(Kinds.Namespaces, null, "team");

        var ns = await rig.UntilAsync(Kinds.Namespaces, null, "team", value => value.Status?.Conditions is { Count: 5 });
        var remaining = ns.Status.Conditions.Single(condition => condition.Type == "NamespaceContentRemaining");
        Assert.Equal(("True", "SomeResourcesRemain", "Some resources are remaining: pods. has 1 resource instances"), (remaining.Status, remaining.Reason, remaining.Message));
        Assert.NotNull(rig.Api.Find(Kinds.ConfigMaps, "team", "settings"));
        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(5)); // past any back-off of the controller
            return rig.Api.Find(Kinds.Namespaces, null, "team") is null;
        });
    }

    [Fact]
    public async Task Delete_ContentWithAFinalizer_NamesItAndWaits()
    {
        await using var rig = await Rig.StartAsync();
        await NamespaceAsync(rig, "team");
        var held = Kinds.ConfigMaps.New("team", "held");
        held.Metadata.Finalizers = ["example.com/hold"];
        await rig.CreateAsync(Kinds.ConfigMaps, held);
        await rig.DeleteAsync(Kinds.Namespaces, null, "team");

        var ns = await rig.UntilAsync(Kinds.Namespaces, null, "team", value => value.Status?.Conditions?.Any(c => c is { Type: "NamespaceFinalizersRemaining", Status: "True" }) == true);
        Assert.Equal("Terminating", ns.Status.Phase);
        Assert.Equal("Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances", ns.Status.Conditions.Single(c => c.Type == "NamespaceFinalizersRemaining").Message);
        Assert.Equal(["NamespaceDeletionDiscoveryFailure", "NamespaceDeletionGroupVersionParsingFailure", "NamespaceDeletionContentFailure", "NamespaceContentRemaining", "NamespaceFinalizersRemaining"], ns.Status.Conditions.Select(c => c.Type));

        rig.Api.Change(Kinds.ConfigMaps, "team", "held", map => map.Metadata.Finalizers = null);
        await rig.RunUntilAsync(() => rig.Api.Find(Kinds.Namespaces, null, "team") is null);
    }

    [Fact]
    public async Task Delete_SeveralKindsRemain_AreListedInOrderWithTheirFinalizers()
    {
        await using var rig = await Rig.StartAsync();
        await NamespaceAsync(rig, "team");
        var (map, deployment, secret) = (Kinds.ConfigMaps.New("team", "m"), Kinds.Deployments.New("team", "d"), Kinds.Secrets.New("team", "s"));
        (map.Metadata.Finalizers, deployment.Metadata.Finalizers, secret.Metadata.Finalizers) = (["example.com/b"], ["example.com/a"], ["example.com/b"]);
        deployment.Spec = new V1DeploymentSpec { Replicas = 0, Selector = Rig.Selector("d"), Template = Rig.Template("d") };
        await rig.CreateAsync(Kinds.Deployments, deployment);
        await rig.CreateAsync(Kinds.Secrets, secret);
        await rig.CreateAsync(Kinds.ConfigMaps, map);
        await rig.DeleteAsync(Kinds.Namespaces, null, "team");

        string? Message(string type) => rig.Api.Find(Kinds.Namespaces, null, "team")!.Status.Conditions?.SingleOrDefault(condition => condition.Type == type)?.Message;
        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return Message("NamespaceContentRemaining") == "Some resources are remaining: configmaps. has 1 resource instances, deployments.apps has 1 resource instances, secrets. has 1 resource instances";
        }, () => Message("NamespaceContentRemaining") ?? "none");
        Assert.Equal("Some content in the namespace has finalizers remaining: example.com/a in 1 resource instances, example.com/b in 2 resource instances", Message("NamespaceFinalizersRemaining"));
    }

    private static Task<V1Namespace> NamespaceAsync(Rig rig, string name)
    {
        var ns = Kinds.Namespaces.New(null, name);
        ns.Spec = new V1NamespaceSpec { Finalizers = ["kubernetes"] };
        ns.Status = new V1NamespaceStatus { Phase = "Active" };
        return rig.CreateAsync(Kinds.Namespaces, ns);
    }
}
