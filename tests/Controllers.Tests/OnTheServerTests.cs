using System.Diagnostics;
using System.Net;
using Coxswain.Api;
using Coxswain.TestKit;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Controllers.Tests;

/// <summary>The controllers against the real API server: its defaults, validation and admission, its patches, its watches.</summary>
public sealed class OnTheServerTests : IAsyncDisposable
{
    private readonly ServerApi _api = new(TimeProvider.System);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private Task _running = Task.CompletedTask;
    private int _ips;

    private CancellationToken Ct => _stop.Token;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _api.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Deployment_RolledOutTwice_EndsAvailableWithGenerationsUntouched()
    {
        await StartAsync();
        await DeploymentAsync("web", 3);
        await RolledOutAsync("web", 3, "nginx:1");
        var first = await _api.Client.GetAsync(Kinds.Deployments, "default", "web", Ct);
        Assert.Equal((1L, 1L), (first.Metadata.Generation, first.Status.ObservedGeneration)); // what controllers note is no change of the spec
        await _api.ChangeAsync(Kinds.Deployments, "default", "web", null, deployment => deployment.Spec.Template.Spec.Containers[0].Image = "nginx:2", Ct);
        await RolledOutAsync("web", 3, "nginx:2");

        var second = await _api.Client.GetAsync(Kinds.Deployments, "default", "web", Ct);
        Assert.Equal(2, second.Metadata.Generation);
        Assert.Equal("2", second.Metadata.Annotations["deployment.kubernetes.io/revision"]);
        Assert.Equal(2, (await _api.AllAsync(Kinds.ReplicaSets, "default", Ct)).Count);
    }

    [Fact]
    public async Task Deployment_DeletedInForeground_GoesWithAllItsPods()
    {
        await StartAsync();
        await DeploymentAsync("web", 2);
        await RolledOutAsync("web", 2, "nginx:1");
        var uids = await DependentsAsync();
        Assert.Equal(3, uids.Count);
        await _api.Client.DeleteAsync(Kinds.Deployments, "default", "web", new V1DeleteOptions { PropagationPolicy = "Foreground" }, Ct);

        await UntilAsync(async () => await _api.FindAsync(Kinds.Deployments, "default", "web", Ct) is null);
        Assert.Empty((await DependentsAsync()).Intersect(uids));
        await UntilAsync(async () => (await DependentsAsync()).Count == 0); // a controller that had not heard yet may have made one more

        async Task<HashSet<string>> DependentsAsync() =>
            [.. (await _api.AllAsync(Kinds.ReplicaSets, "default", Ct)).Select(set => set.Metadata.Uid), .. (await _api.AllAsync(Kinds.Pods, "default", Ct)).Select(pod => pod.Metadata.Uid)];
    }

    [Fact]
    public async Task ReplicaSet_DeletedAndOrphaned_IsSucceededByOneThatAdopts()
    {
        await StartAsync();
        await ReplicaSetAsync("one", 2);
        await UntilAsync(async () => (await _api.AllAsync(Kinds.Pods, "default", Ct)).Count == 2);
        await _api.Client.DeleteAsync(Kinds.ReplicaSets, "default", "one", new V1DeleteOptions { PropagationPolicy = "Orphan" }, Ct);
        await UntilAsync(async () => await _api.FindAsync(Kinds.ReplicaSets, "default", "one", Ct) is null);
        var next = await ReplicaSetAsync("two", 2);

        await UntilAsync(async () => (await _api.AllAsync(Kinds.Pods, "default", Ct)) is { Count: 2 } pods && pods.All(pod => OwnerReferences.IsControlledBy(pod, next)));
        Assert.All(await _api.AllAsync(Kinds.Pods, "default", Ct), pod => Assert.StartsWith("one-", pod.Metadata.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Namespace_Deleted_GoesWithItsContent()
    {
        await StartAsync();
        await _api.Client.CreateAsync(Kinds.Namespaces, Kinds.Namespaces.New(null, "team"), Ct);
        await UntilAsync(async () => await _api.FindAsync(Kinds.ConfigMaps, "team", "kube-root-ca.crt", Ct) is not null && await _api.FindAsync(Kinds.ServiceAccounts, "team", "default", Ct) is not null);
        await _api.Client.DeleteAsync(Kinds.Namespaces, null, "team", null, Ct);

        await UntilAsync(async () => await _api.FindAsync(Kinds.Namespaces, null, "team", Ct) is null);
        Assert.Empty(await _api.AllAsync(Kinds.ConfigMaps, "team", Ct));
    }

    [Fact]
    public async Task Endpoints_KeptByHand_AreShownAsASliceThatIsWrittenOnce()
    {
        await StartAsync();
        await KeepAsync("one");
        await UntilAsync(async () => await MirrorAsync("one") is { Endpoints: [{ Addresses: ["192.0.2.1"] }] });
        var first = (await MirrorAsync("one"))!;
        await _api.ChangeAsync(Kinds.Services, "default", "one", null, service => service.Metadata.Labels = new Dictionary<string, string> { ["look"] = "again" }, Ct);
        await KeepAsync("two");
        await UntilAsync(async () => await MirrorAsync("two") is not null);

        Assert.Equal(first.Metadata.ResourceVersion, (await MirrorAsync("one"))!.Metadata.ResourceVersion);

        async Task KeepAsync(string name)
        {
            var service = Kinds.Services.New("default", name);
            service.Spec = new V1ServiceSpec { ClusterIP = "None", Ports = [new V1ServicePort { Port = 80 }] };
            await _api.Client.CreateAsync(Kinds.Services, service, Ct);
            var endpoints = Kinds.Endpoints.New("default", name);
            endpoints.Subsets = [new V1EndpointSubset { Addresses = [new V1EndpointAddress { Ip = "192.0.2.1" }], Ports = [new Corev1EndpointPort { Port = 80 }] }];
            await _api.Client.CreateAsync(Kinds.Endpoints, endpoints, Ct);
        }

        async Task<V1EndpointSlice?> MirrorAsync(string name) =>
            (await _api.AllAsync(Kinds.EndpointSlices, "default", Ct)).SingleOrDefault(slice => slice.Metadata.Labels?["kubernetes.io/service-name"] == name);
    }

    [Fact]
    public async Task Service_WithPods_HasEndpointsAndSlice()
    {
        await StartAsync();
        var service = Kinds.Services.New("default", "web");
        service.Spec = new V1ServiceSpec { Selector = new Dictionary<string, string> { ["app"] = "web" }, Ports = [new V1ServicePort { Name = "http", Port = 80, TargetPort = "http" }] };
        await _api.Client.CreateAsync(Kinds.Services, service, Ct);
        await ReplicaSetAsync("web", 2);

        await UntilAsync(async () => await _api.FindAsync(Kinds.Endpoints, "default", "web", Ct) is { Subsets: [{ Addresses.Count: 2, Ports: [{ Port: 80, Name: "http" }] }] });
        await UntilAsync(async () => await _api.AllAsync(Kinds.EndpointSlices, "default", Ct) is [{ Endpoints.Count: 2, Ports: [{ Port: 80, Name: "http" }] }]);
    }

    [Fact]
    public async Task DaemonSet_OnTwoNodes_RunsOnBoth()
    {
        await StartAsync();
        foreach (var name in new[] { "n1", "n2" })
        {
            var node = Kinds.Nodes.New(null, name);
            node.Status = new V1NodeStatus { Conditions = [new V1NodeCondition { Type = "Ready", Status = "True", Reason = "KubeletReady", LastHeartbeatTime = DateTime.UtcNow, LastTransitionTime = DateTime.UtcNow }] };
            await _api.Client.CreateAsync(Kinds.Nodes, node, Ct);
        }
        var set = Kinds.DaemonSets.New("default", "ds");
        set.Spec = new V1DaemonSetSpec { Selector = Rig.Selector("ds"), Template = Rig.Template("ds") };
        await _api.Client.CreateAsync(Kinds.DaemonSets, set, Ct);

        await UntilAsync(async () => (await _api.FindAsync(Kinds.DaemonSets, "default", "ds", Ct))?.Status is { NumberAvailable: 2, UpdatedNumberScheduled: 2, DesiredNumberScheduled: 2 });
        await UntilAsync(async () => (await _api.AllAsync(Kinds.Nodes, null, Ct)).All(node => node.Spec.PodCIDR is not null)); // another controller's work, and its own time
    }

    /// <summary>What the server refuses is told about the owner, and made up for once there is room again.</summary>
    [Fact]
    public async Task ReplicaSet_BeyondTheQuota_SaysWhyAndGoesOnWhenThereIsRoom()
    {
        await StartAsync();
        var quota = Kinds.ResourceQuotas.New("default", "q");
        quota.Spec = new V1ResourceQuotaSpec { Hard = new Dictionary<string, ResourceQuantity> { ["pods"] = Quantity.Parse("2").ToResourceQuantity() } };
        await _api.Client.CreateAsync(Kinds.ResourceQuotas, quota, Ct);
        await ReplicaSetAsync("web", 3);

        await UntilAsync(async () => (await _api.AllAsync(Kinds.Events, "default", Ct)).Any(e => e.Reason == "FailedCreate" && e.InvolvedObject.Name == "web"
            && System.Text.RegularExpressions.Regex.IsMatch(e.Message, "^Error creating: pods \"web-[a-z0-9]{5}\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2$")));
        await UntilAsync(async () => await _api.FindAsync(Kinds.ReplicaSets, "default", "web", Ct) is { Status: { Replicas: 2, ReadyReplicas: 2 } status }
            && status.Conditions.Any(c => c is { Type: "ReplicaFailure", Status: "True", Reason: "FailedCreate" }));
        await UntilAsync(async () => (await _api.FindAsync(Kinds.ResourceQuotas, "default", "q", Ct))?.Status.Used?["pods"].ToString() == "2");
        await _api.ChangeAsync(Kinds.ResourceQuotas, "default", "q", null, q => q.Spec.Hard["pods"] = Quantity.Parse("3").ToResourceQuantity(), Ct);
        await UntilAsync(async () => await _api.FindAsync(Kinds.ReplicaSets, "default", "web", Ct) is { Status: { Replicas: 3, ReadyReplicas: 3 } });
        await UntilAsync(async () => (await _api.FindAsync(Kinds.ResourceQuotas, "default", "q", Ct))?.Status is { } s && s.Used["pods"].ToString() == "3" && s.Hard["pods"].ToString() == "3");
    }

    [Fact]
    public async Task Deployment_OfFiveHundred_MakesThemAllOnce()
    {
        await StartAsync(simulateKubelet: false);
        var start = Stopwatch.GetTimestamp();
        await DeploymentAsync("web", 500);
        await UntilAsync(async () => (await _api.AllAsync(Kinds.ReplicaSets, "default", Ct)) is [{ Status.Replicas: 500 }]);

        TestContext.Current.TestOutputHelper?.WriteLine($"{500 / Stopwatch.GetElapsedTime(start).TotalSeconds:F0} Pods a second");
        Assert.Equal(500, (await _api.AllAsync(Kinds.Pods, "default", Ct)).Count);
    }

    private async Task StartAsync(bool simulateKubelet = true)
    {
        await _api.Client.CreateAsync(Kinds.Namespaces, Kinds.Namespaces.New(null, "default"), Ct);
        var manager = new ControllerManager(_api.ClientFor, TimeProvider.System, NullLoggerFactory.Instance, new ControllerManagerOptions { RootCa = Rig.Certificate, ClusterCidr = IPNetwork.Parse("10.42.0.0/16") });
        _running = manager.RunAsync(Ct);
        await manager.HasSynced.WaitAsync(Ct);
        await Eventually.TrueAsync(async () => await _api.FindAsync(Kinds.ServiceAccounts, "default", "default", Ct) is not null, Ct);
        _kubelet = simulateKubelet;
    }

    private bool _kubelet;

    private Task<V1Deployment> DeploymentAsync(string name, int replicas)
    {
        var deployment = Kinds.Deployments.New("default", name);
        deployment.Spec = new V1DeploymentSpec { Replicas = replicas, Selector = Rig.Selector(name), Template = Rig.Template(name) };
        return _api.Client.CreateAsync(Kinds.Deployments, deployment, Ct);
    }

    private Task<V1ReplicaSet> ReplicaSetAsync(string name, int replicas)
    {
        var set = Kinds.ReplicaSets.New("default", name);
        set.Spec = new V1ReplicaSetSpec { Replicas = replicas, Selector = Rig.Selector("web"), Template = Rig.Template("web") };
        return _api.Client.CreateAsync(Kinds.ReplicaSets, set, Ct);
    }

    private Task RolledOutAsync(string name, int replicas, string image) => UntilAsync(async () =>
        await _api.FindAsync(Kinds.Deployments, "default", name, Ct) is { } deployment
        && DeploymentStatus.IsComplete(deployment, deployment.Status)
        && deployment.Status.Conditions.Any(condition => condition.Reason == "NewReplicaSetAvailable")
        && (await _api.AllAsync(Kinds.Pods, "default", Ct)).Count(pod => PodState.IsActive(pod) && pod.Spec.Containers[0].Image == image) == replicas);

    private Task UntilAsync(Func<Task<bool>> condition) => Eventually.TrueAsync(async () =>
    {
        if (_kubelet) await KubeletAsync();
        return await condition();
    }, Ct);

    /// <summary>Stands in for scheduler and kubelet: binds, makes ready, lets go.</summary>
    private async Task KubeletAsync()
    {
        foreach (var pod in await _api.AllAsync(Kinds.Pods, null, Ct))
        {
            try
            {
                await StepAsync(pod);
            }
            catch (StatusException e) when (e.Code is 404 or 409) { } // gone, or somebody was faster
        }
    }

    private async Task StepAsync(V1Pod pod)
    {
        var (ns, name) = (pod.Metadata.NamespaceProperty, pod.Metadata.Name);
        if (PodState.IsTerminating(pod)) await _api.Client.DeleteAsync(Kinds.Pods, ns, name, new V1DeleteOptions { GracePeriodSeconds = 0 }, Ct);
        else if (!PodState.IsScheduled(pod))
        {
            var binding = new V1Binding { ApiVersion = "v1", Kind = "Binding", Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ns }, Target = new V1ObjectReference { Kind = "Node", Name = DaemonPods.NodeOf(pod) ?? "n1" } };
            await _api.Client.BindAsync(binding, Ct);
        }
        else if (!PodState.IsReady(pod))
        {
            var ip = $"10.42.0.{Interlocked.Increment(ref _ips)}";
            await _api.ChangeAsync(Kinds.Pods, ns, name, "status", value =>
            {
                value.Status.Phase = "Running";
                (value.Status.PodIP, value.Status.PodIPs) = (ip, [new V1PodIP { Ip = ip }]);
                value.Status.Conditions = [.. (value.Status.Conditions ?? []).Where(condition => condition.Type != "Ready"), new V1PodCondition { Type = "Ready", Status = "True", LastTransitionTime = DateTime.UtcNow }];
            }, Ct);
        }
    }
}
