using Coxswain.Api;
using Coxswain.Client;
using Coxswain.TestKit;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;

namespace Coxswain.Testing.Tests;

/// <summary>A machine dies under a fake clock: minutes of waiting pass in a moment.</summary>
public sealed class NodeLossTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(4); // the clock runs on while a busy machine has not done yet what the last beat set off
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Node_Crashes_ItsPodsComeUpOnTheOther()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { Nodes = 2, Time = _clock }, Ct);
        foreach (var node in (string[])["node-0", "node-1"])
        {
            await SchedulerProbe.SendAsync(cluster, node, Ct);
            await BeatUntilAsync(cluster, ["node-0", "node-1"], () => SchedulerProbe.HasArrivedAsync(cluster, node, Ct));
        }
        await cluster.Client.CreateAsync(Kinds.Deployments, Web(replicas: 4, tolerationSeconds: 60), Ct);
        await BeatUntilAsync(cluster, ["node-0", "node-1"], async () => (await PodsAsync(cluster)).Count(PodState.IsReady) == 4);
        var lost = (await PodsAsync(cluster)).Where(p => p.Spec.NodeName == "node-0").Select(p => p.Metadata.Name).ToHashSet();
        Assert.NotEmpty(lost);

        // 1. The machine is gone: nobody knows for as long as a node may be silent.
        await cluster.Nodes[0].CrashAsync();
        var crashed = _clock.GetUtcNow();
        await BeatUntilAsync(cluster, ["node-1"], async () => Ready(await NodeAsync(cluster, "node-0")).Status == "Unknown");
        Assert.InRange(_clock.GetUtcNow() - crashed, TimeSpan.FromSeconds(35), Late); // 50 s since it was last heard, which may be 10 s before it died
        Assert.Equal(("NodeStatusUnknown", "Kubelet stopped posting node status."), (Ready(await NodeAsync(cluster, "node-0")).Reason, Ready(await NodeAsync(cluster, "node-0")).Message));

        // 2. Taints keep new Pods away and drive the old ones off, once they tolerate it no longer.
        await BeatUntilAsync(cluster, ["node-1"], async () => (await NodeAsync(cluster, "node-0")).Spec.Taints is { } taints
            && Taints.Has(taints, Taints.Unreachable, "NoSchedule") && Taints.Has(taints, Taints.Unreachable, "NoExecute"));
        Assert.DoesNotContain(await PodsAsync(cluster), PodState.IsTerminating);
        var tainted = _clock.GetUtcNow();
        await BeatUntilAsync(cluster, ["node-1"], async () => (await PodsAsync(cluster)).Where(p => lost.Contains(p.Metadata.Name)).All(PodState.IsTerminating));
        Assert.InRange(_clock.GetUtcNow() - tainted, TimeSpan.FromSeconds(50), Late);

        // 3. Others take their place on the node that is left.
        await BeatUntilAsync(cluster, ["node-1"], async () => (await PodsAsync(cluster)).Count(p => p.Spec.NodeName == "node-1" && PodState.IsReady(p)) == 4);
        var web = await cluster.WaitForAsync(Kinds.Deployments, "default", "web", d => d.Status?.AvailableReplicas == 4, Ct);
        Assert.Equal(4, web.Status.ReadyReplicas);
        Assert.Empty((await NodeAsync(cluster, "node-1")).Spec.Taints ?? []);
    }

    /// <summary>Lets time pass in small steps, each only once the living nodes have been heard in it: a slow machine must not look like a dead one.</summary>
    private async Task BeatUntilAsync(TestCluster cluster, string[] alive, Func<Task<bool>> condition)
    {
        var until = _clock.GetUtcNow() + TimeSpan.FromMinutes(10);
        while (!await SoonAsync(condition))
        {
            Assert.True(_clock.GetUtcNow() < until, "not within ten minutes of the cluster's time");
            _clock.Advance(Beat);
            foreach (var name in alive)
            {
                await Eventually.TrueAsync(async () => (await cluster.Client.GetAsync(Kinds.Leases, "kube-node-lease", name, Ct)).Spec.RenewTime > _clock.GetUtcNow().UtcDateTime - 3 * Beat, Ct);
            }
        }
    }

    /// <summary>Lets what the last step set off happen: controllers, scheduler and nodes work in real time.</summary>
    private static async Task<bool> SoonAsync(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var i = 0; i < 10; i++)
        {
            if (await condition()) return true;
            await timer.WaitForNextTickAsync(Ct);
        }
        return false;
    }

    private static async Task<IList<V1Pod>> PodsAsync(TestCluster cluster) =>
        [.. (await cluster.Client.ListAsync(Kinds.Pods, "default", new ListOptions { LabelSelector = "app=web" }, Ct)).Items];

    private static Task<V1Node> NodeAsync(TestCluster cluster, string name) => cluster.Client.GetAsync(Kinds.Nodes, null, name, Ct);

    private static V1NodeCondition Ready(V1Node node) => node.Status.Conditions.Single(c => c.Type == "Ready");

    private static V1Deployment Web(int replicas, int tolerationSeconds)
    {
        var labels = new Dictionary<string, string> { ["app"] = "web" };
        var web = Kinds.Deployments.New("default", "web");
        web.Spec = new V1DeploymentSpec
        {
            Replicas = replicas,
            Selector = new V1LabelSelector { MatchLabels = labels },
            Template = new V1PodTemplateSpec
            {
                Metadata = new V1ObjectMeta { Labels = labels },
                Spec = new V1PodSpec
                {
                    Containers = [new V1Container { Name = "c", Image = "example" }],
                    Tolerations = [new V1Toleration { Key = Taints.Unreachable, OperatorProperty = "Exists", Effect = "NoExecute", TolerationSeconds = tolerationSeconds }],
                },
            },
        };
        return web;
    }
}
