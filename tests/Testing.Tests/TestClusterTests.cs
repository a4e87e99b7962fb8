using System.Diagnostics;
using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Node.Runtime;
using Coxswain.TestKit;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;

namespace Coxswain.Testing.Tests;

public sealed class TestClusterTests
{
    private static CancellationToken Bound(int seconds = 60)
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

    private static V1Pod Pod(string name, params string[] command)
    {
        var pod = Kinds.Pods.New("default", name);
        pod.Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "example", Command = command }] };
        return pod;
    }

    [Fact]
    public async Task Start_BestOfSeveral_TakesLessThan300Milliseconds()
    {
        var best = TimeSpan.MaxValue;
        // The first starts pay for the JIT, and the machine may be busy with other things: one good start shows what it costs.
        for (var i = 0; i < 40 && best >= TimeSpan.FromMilliseconds(300); i++)
        {
            var start = Stopwatch.GetTimestamp();
            await using var cluster = await TestCluster.StartAsync(ct: Bound());
            if (Stopwatch.GetElapsedTime(start) is var took && took < best) best = took;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{best.TotalMilliseconds:0} ms");
        Assert.True(best < TimeSpan.FromMilliseconds(300), $"the best start took {best.TotalMilliseconds:0} ms");
    }

    [Fact]
    public async Task Deployment_OnSimulatedNodes_BecomesAvailable()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { Nodes = 2 }, Bound());
        foreach (var node in (string[])["node-0", "node-1"])
        {
            await SchedulerProbe.SendAsync(cluster, node, Bound());
            await Eventually.TrueAsync(() => SchedulerProbe.HasArrivedAsync(cluster, node, Bound()), Bound());
        }

        await cluster.Client.CreateAsync(Kinds.Deployments, Deployment("web", 5), Bound());

        var web = await cluster.WaitForAsync(Kinds.Deployments, "default", "web", d => d.Status?.AvailableReplicas == 5, Bound());
        Assert.Equal(5, web.Status.ReadyReplicas);
        var pods = await cluster.Client.ListAsync(Kinds.Pods, "default", new ListOptions { LabelSelector = "app=web" }, Bound());
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
    public async Task Clusters_ManySideBySide_DoNotSeeEachOther()
    {
        var clusters = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => TestCluster.StartAsync(ct: Bound(120))));
        try
        {
            Assert.Equal(12, clusters.Select(c => c.Url).Distinct().Count());
            await clusters[0].Client.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("default", "only-here"), Bound());
            foreach (var other in clusters[1..])
            {
                var e = await Assert.ThrowsAsync<StatusException>(() => other.Client.GetAsync(Kinds.ConfigMaps, "default", "only-here", Bound()));
                Assert.Equal("configmaps \"only-here\" not found", e.Message);
            }
        }
        finally
        {
            foreach (var cluster in clusters) await cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task Kubeconfig_OverHttps_ShowsWhatTheClientInProcessWrote()
    {
        await using var cluster = await TestCluster.StartAsync(ct: Bound());
        await cluster.Client.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("default", "here"), Bound());
        var path = cluster.WriteKubeconfig();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        using var client = new HttpApiClient(KubeConfig.Load(path));
        Assert.Equal("here", (await client.GetAsync(Kinds.ConfigMaps, "default", "here", Bound())).Metadata.Name);
    }

    [Fact]
    public async Task ClientConfiguration_WithTheOfficialClient_IsAnAdministrator()
    {
        await using var cluster = await TestCluster.StartAsync(ct: Bound());
        using var client = new Kubernetes(cluster.ClientConfiguration());

        await client.CoreV1.CreateNamespacedPodAsync(Pod("official"), "default", cancellationToken: Bound());

        await cluster.WaitForAsync(Kinds.Pods, "default", "official", PodState.IsReady, Bound());
        Assert.Equal("node-0", (await client.CoreV1.ReadNamespacedPodAsync("official", "default", cancellationToken: Bound())).Spec.NodeName);
    }

    [Fact]
    public async Task SharedObject_ChangedByATest_IsNamedByTheNextRequest()
    {
        await using var cluster = await TestCluster.StartAsync(ct: Bound());
        await cluster.Client.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("default", "shared"), Bound());
        var map = await cluster.Client.GetAsync(Kinds.ConfigMaps, "default", "shared", Bound());

        map.Metadata.Labels = new Dictionary<string, string> { ["mine"] = "yes" };

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.Client.GetAsync(Kinds.ConfigMaps, "default", "shared", Bound()));
        Assert.StartsWith("somebody changed a shared object, /registry/configmaps/default/shared at ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FakeClock_OfLongAgo_StillSpeaksHttps_AndOnlyItMovesTime()
    {
        var clock = new FakeTimeProvider(); // the year 2000: certificates must go by the machine's clock, or no client would take them
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { Time = clock }, Bound());
        using var client = new Kubernetes(cluster.ClientConfiguration());
        await client.CoreV1.CreateNamespacedPodAsync(Pod("sleeper", "sleep", "3600"), "default", cancellationToken: Bound());
        var running = await cluster.WaitForAsync(Kinds.Pods, "default", "sleeper", p => PodState.IsReady(p), Bound());
        Assert.Equal(2000, running.Status.StartTime!.Value.Year);

        clock.Advance(TimeSpan.FromHours(1)); // the command ends, and is started again

        await cluster.WaitForAsync(Kinds.Pods, "default", "sleeper", p => p.Status?.ContainerStatuses?[0].LastState?.Terminated is { ExitCode: 0 } || p.Status?.ContainerStatuses?[0].State?.Terminated is { ExitCode: 0 }, Bound());
    }

    [Fact]
    public async Task Simulation_ImageThatCannotBePulled_IsSeenInThePod()
    {
        var simulation = new Simulation { Pull = image => image.StartsWith("nowhere/", StringComparison.Ordinal) ? new RuntimeException(RuntimeErrorCode.NotFound, "no such image") : null };
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { Simulation = simulation }, Bound());
        var pod = Pod("lost");
        pod.Spec.Containers[0].Image = "nowhere/image";

        await cluster.Client.CreateAsync(Kinds.Pods, pod, Bound());

        await cluster.WaitForAsync(Kinds.Pods, "default", "lost", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason is "ErrImagePull" or "ImagePullBackOff", Bound());
    }

    [Fact]
    public async Task AddNode_WithLabelsAndCapacity_TakesThePodThatWantsThem()
    {
        await using var cluster = await TestCluster.StartAsync(ct: Bound());
        cluster.AddNode("ssd", new Dictionary<string, string> { ["cpu"] = "1", ["memory"] = "1Gi", ["pods"] = "10" }, new Dictionary<string, string> { ["disk"] = "ssd" });
        var pod = Pod("picky");
        pod.Spec.NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" };

        await cluster.Client.CreateAsync(Kinds.Pods, pod, Bound());

        Assert.Equal("ssd", (await cluster.WaitForAsync(Kinds.Pods, "default", "picky", PodState.IsReady, Bound())).Spec.NodeName);
        Assert.Equal("10", (await cluster.Client.GetAsync(Kinds.Nodes, null, "ssd", Bound())).Status.Allocatable["pods"].ToString());
    }

    [Fact]
    public async Task WaitUntilGone_OfADeletedPod_Returns()
    {
        await using var cluster = await TestCluster.StartAsync(ct: Bound());
        await cluster.Client.CreateAsync(Kinds.Pods, Pod("short"), Bound());
        await cluster.WaitForAsync(Kinds.Pods, "default", "short", PodState.IsReady, Bound());

        await cluster.Client.DeleteAsync(Kinds.Pods, "default", "short", null, Bound());

        await cluster.WaitUntilGoneAsync(Kinds.Pods, "default", "short", Bound());
        await cluster.WaitUntilGoneAsync(Kinds.Pods, "default", "never-was", Bound());
    }

    [Fact]
    public async Task Dispose_OfACluster_LeavesNothingOnDisk()
    {
        string kubeconfig;
        await using (var cluster = await TestCluster.StartAsync(ct: Bound())) kubeconfig = cluster.WriteKubeconfig();

        Assert.False(Directory.Exists(Path.GetDirectoryName(kubeconfig)));
    }

    [Fact]
    public async Task AddNode_LabelThatANodeMayNotSetOnItself_IsRefused()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { Nodes = 0 }, TestContext.Current.CancellationToken);

        var refused = Assert.Throws<ArgumentException>(() => cluster.AddNode("n", labels: new Dictionary<string, string> { ["node-role.kubernetes.io/edge"] = "" }));
        Assert.StartsWith("a node may not set the label node-role.kubernetes.io/edge on itself: set it on the Node through Client", refused.Message, StringComparison.Ordinal);
        var node = cluster.AddNode("n", labels: new Dictionary<string, string> { ["topology.kubernetes.io/zone"] = "a", ["mine"] = "b" });
        var made = await cluster.WaitForAsync(Kinds.Nodes, null, node.Name, _ => true, TestContext.Current.CancellationToken);
        Assert.Equal(("a", "b"), (made.Metadata.Labels["topology.kubernetes.io/zone"], made.Metadata.Labels["mine"]));
    }
}
