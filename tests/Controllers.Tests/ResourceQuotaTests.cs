using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class ResourceQuotaTests
{
    private static Task<V1ResourceQuota> QuotaAsync(Rig rig, params (string Name, string Amount)[] hard)
    {
        var quota = Kinds.ResourceQuotas.New(Rig.Ns, "q");
        quota.Spec = new V1ResourceQuotaSpec { Hard = hard.ToDictionary(h => h.Name, h => Quantity.Parse(h.Amount).ToResourceQuantity()) };
        return rig.CreateAsync(Kinds.ResourceQuotas, quota);
    }

    private static Task<V1ResourceQuota> UsedAsync(Rig rig, string name, string amount) =>
        rig.UntilAsync(Kinds.ResourceQuotas, Rig.Ns, "q", quota => quota.Status?.Used?.TryGetValue(name, out var used) == true && used.ToString() == amount);

    [Fact]
    public async Task Reconcile_ObjectsThatComeAndGo_AreCountedInStatus()
    {
        await using var rig = await Rig.StartAsync();
        await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New(Rig.Ns, "before"));
        await QuotaAsync(rig, ("count/configmaps", "4"), ("secrets", "2"), ("count/widgets.example.com", "1"), ("persistentvolumeclaims", "3"));
        var status = (await UsedAsync(rig, "count/configmaps", "1")).Status;

        Assert.Equal(["count/configmaps=4", "count/widgets.example.com=1", "persistentvolumeclaims=3", "secrets=2"], status.Hard.Select(h => $"{h.Key}={h.Value}").Order());
        Assert.Equal(["count/configmaps=1", "persistentvolumeclaims=0", "secrets=0"], status.Used.Select(u => $"{u.Key}={u.Value}").Order()); // what nobody counts has no figure
        await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New(Rig.Ns, "after"));
        await rig.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("other", "elsewhere"));
        await UsedAsync(rig, "count/configmaps", "2");
        await rig.DeleteAsync(Kinds.ConfigMaps, Rig.Ns, "before");
        await rig.DeleteAsync(Kinds.ConfigMaps, Rig.Ns, "after");
        await UsedAsync(rig, "count/configmaps", "0");
    }

    [Fact]
    public async Task Reconcile_ChangedSpecOrStatus_IsPutRight()
    {
        await using var rig = await Rig.StartAsync();
        await QuotaAsync(rig, ("configmaps", "4"));
        await UsedAsync(rig, "configmaps", "0");
        rig.Api.Change(Kinds.ResourceQuotas, Rig.Ns, "q", quota => quota.Spec.Hard["configmaps"] = Quantity.Parse("7").ToResourceQuantity());
        await rig.UntilAsync(Kinds.ResourceQuotas, Rig.Ns, "q", quota => quota.Status.Hard["configmaps"].ToString() == "7");

        rig.Api.Change(Kinds.ResourceQuotas, Rig.Ns, "q", quota => quota.Status.Used["configmaps"] = Quantity.Parse("3").ToResourceQuantity());
        await UsedAsync(rig, "configmaps", "0");
    }

    [Fact]
    public async Task Reconcile_Pods_AreSummedUntilTheyEnd()
    {
        await using var rig = await Rig.StartAsync();
        await QuotaAsync(rig, ("pods", "9"), ("count/pods", "9"), ("requests.cpu", "4"), ("limits.memory", "4Gi"));
        foreach (var name in new[] { "a", "b" })
        {
            var pod = Kinds.Pods.New(Rig.Ns, name);
            pod.Spec = Rig.Template("x").Spec;
            pod.Spec.Containers[0].Resources = new V1ResourceRequirements
            {
                Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = Quantity.Parse("750m").ToResourceQuantity() },
                Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = Quantity.Parse("512Mi").ToResourceQuantity() },
            };
            await rig.CreateAsync(Kinds.Pods, pod);
        }

        var both = (await UsedAsync(rig, "pods", "2")).Status.Used;
        Assert.Equal(("2", "1500m", "1Gi"), (both["count/pods"].ToString(), both["requests.cpu"].ToString(), both["limits.memory"].ToString()));
        rig.Api.Change(Kinds.Pods, Rig.Ns, "a", pod => pod.Status = new V1PodStatus { Phase = "Failed" });
        var one = (await UsedAsync(rig, "pods", "1")).Status.Used;
        Assert.Equal(("2", "750m", "512Mi"), (one["count/pods"].ToString(), one["requests.cpu"].ToString(), one["limits.memory"].ToString()));
    }

    [Fact]
    public async Task Reconcile_PodOfALostNode_IsLetGoOfWithTime()
    {
        await using var rig = await Rig.StartAsync();
        await QuotaAsync(rig, ("pods", "9"));
        var pod = Kinds.Pods.New(Rig.Ns, "a");
        pod.Spec = Rig.Template("x").Spec;
        pod.Spec.NodeName = "n1";
        pod.Metadata.Finalizers = ["example.com/hold"];
        await rig.CreateAsync(Kinds.Pods, pod);
        await UsedAsync(rig, "pods", "1");
        rig.Api.Change(Kinds.Pods, Rig.Ns, "a", value => (value.Metadata.DeletionTimestamp, value.Metadata.DeletionGracePeriodSeconds) = (rig.Clock.GetUtcNow().UtcDateTime.AddSeconds(10), 10));

        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return rig.Api.Find(Kinds.ResourceQuotas, Rig.Ns, "q")!.Status.Used["pods"].ToString() == "0";
        });
    }

    [Fact]
    public async Task Reconcile_Services_AreCountedByWhatTheyTake()
    {
        await using var rig = await Rig.StartAsync();
        await QuotaAsync(rig, ("services", "9"), ("services.nodeports", "9"), ("services.loadbalancers", "9"));
        var service = Kinds.Services.New(Rig.Ns, "s");
        service.Spec = new V1ServiceSpec { Type = "LoadBalancer", Ports = [new V1ServicePort { Port = 80 }, new V1ServicePort { Port = 81 }] };
        await rig.CreateAsync(Kinds.Services, service);

        var used = (await UsedAsync(rig, "services.nodeports", "2")).Status.Used;
        Assert.Equal(("1", "1"), (used["services"].ToString(), used["services.loadbalancers"].ToString()));
        rig.Api.Change(Kinds.Services, Rig.Ns, "s", value => value.Spec.Type = "ClusterIP");
        await UsedAsync(rig, "services.nodeports", "0");
    }

    [Fact]
    public async Task Reconcile_NothingChanged_WritesNothing()
    {
        await using var rig = await Rig.StartAsync();
        await QuotaAsync(rig, ("pods", "9"), ("count/configmaps", "9"));
        await UsedAsync(rig, "pods", "0");
        await rig.CreateAsync(Kinds.Secrets, Kinds.Secrets.New(Rig.Ns, "uncounted"));
        var pod = Kinds.Pods.New(Rig.Ns, "a");
        pod.Spec = Rig.Template("x").Spec;
        await rig.CreateAsync(Kinds.Pods, pod);
        await UsedAsync(rig, "pods", "1");
        rig.Kubelet();
        await rig.UntilAsync(() => rig.Pods().All(PodState.IsReady));

        // Two changes, one of which a cache that was behind may have made it try twice.
        Assert.InRange(rig.Api.Writes.Count(write => write.Contains("resourcequotas", StringComparison.Ordinal) && !write.StartsWith("create", StringComparison.Ordinal)), 2, 3);
    }
}
