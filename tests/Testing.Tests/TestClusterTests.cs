using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Testing.Tests;

public sealed class TestClusterTests
{
    private static CancellationToken Bound(int seconds = 30)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        return limit.Token;
    }

    private static V1Deployment Deployment(string name, int replicas)
    {
        var d = Kinds.Deployments.New("default", name);
        d.Spec = new V1DeploymentSpec
        {
            Replicas = replicas,
            Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = name } },
            Template = new V1PodTemplateSpec
            {
                Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = name } },
                Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "example" }] },
            },
        };
        return d;
    }

    [Fact]
    public async Task Deployment_OnSimulatedNodes_BecomesAvailable()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { Nodes = 2 }, Bound());

        await cluster.Client.CreateAsync(Kinds.Deployments, Deployment("web", 5), Bound());

        var web = await cluster.WaitForAsync(Kinds.Deployments, "default", "web", d => d.Status?.AvailableReplicas == 5, Bound());
        Assert.Equal(5, web.Status.ReadyReplicas);
        var pods = await cluster.Client.ListAsync(Kinds.Pods, "default", new Client.ListOptions { LabelSelector = "app=web" }, Bound());
        Assert.Equal(["node-0", "node-1"], pods.Items.Select(p => p.Spec.NodeName).Distinct().Order());
        Assert.Equal(5, pods.Items.Select(p => p.Status.PodIP).Distinct().Count());
    }

    [Fact]
    public async Task ApiServersOwnService_Deleted_ComesBack()
    {
        await using var cluster = await TestCluster.StartAsync(ct: Bound());
        var before = await cluster.Client.GetAsync(Kinds.Services, "default", "kubernetes", Bound());
        await cluster.Client.DeleteAsync(Kinds.Services, "default", "kubernetes", null, Bound());
        var after = await cluster.WaitForAsync(Kinds.Services, "default", "kubernetes", s => s.Metadata.Uid != before.Metadata.Uid, Bound());
        Assert.Equal(before.Spec.ClusterIP, after.Spec.ClusterIP);
    }

    [Fact]
    public async Task Clusters_SideBySide_DoNotSeeEachOther()
    {
        await using var one = await TestCluster.StartAsync(ct: Bound());
        await using var two = await TestCluster.StartAsync(ct: Bound());
        Assert.NotEqual(one.Url, two.Url);

        var map = Kinds.ConfigMaps.New("default", "only-here");
        await one.Client.CreateAsync(Kinds.ConfigMaps, map, Bound());

        var e = await Assert.ThrowsAsync<StatusException>(() => two.Client.GetAsync(Kinds.ConfigMaps, "default", "only-here", Bound()));
        Assert.Equal("configmaps \"only-here\" not found", e.Message);
    }
}
