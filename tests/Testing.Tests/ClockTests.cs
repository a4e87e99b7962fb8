using System.Net;
using System.Net.Http.Headers;
using Coxswain.Api;
using Coxswain.Client;
using Coxswain.TestKit;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using WatchEventType = Coxswain.Client.WatchEventType;

namespace Coxswain.Testing.Tests;

/// <summary>
/// The machine's clock is set an hour ahead, back, a day ahead and back under a whole cluster: nothing is deleted, evicted, restarted or called lost for it, no Event ends, and
/// everything goes on.
/// </summary>
public sealed class ClockTests : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private static readonly string[] Nodes = ["node-0", "node-1"];

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly SettableClock _wall;
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
    private readonly List<string> _harm = []; // the lock for itself: what watches saw that a clock must not bring about
    private readonly List<Task> _watching = [];
    private readonly HttpClient _http = new(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true });
    private TestCluster _cluster = null!;

    public ClockTests() => _wall = new SettableClock(_clock);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_watching.Select(watch => watch.ContinueWith(_ => { }, TaskScheduler.Default)));
        _http.Dispose();
        await _cluster.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task ClockSet_AheadAndBack_ChangesNothing()
    {
        // Less than an hour, and more than the clock may run ahead of a busy machine.
        _cluster = await TestCluster.StartAsync(new TestClusterOptions { Nodes = 2, Time = _wall, EventTtl = TimeSpan.FromHours(1), NodeMonitorGracePeriod = TimeSpan.FromMinutes(30) }, Ct);
        await FurnishAsync();
        var (pods, events) = (await IdentitiesAsync(Kinds.Pods), await IdentitiesAsync(Kinds.Events));
        Watch();
        foreach (var hours in (int[])[1, -1, 24, -24])
        {
            var token = await TokenAsync();
            _wall.Set(TimeSpan.FromHours(hours));

            Assert.True(await IsGoodAsync(token), $"{hours} h: the token of before");
            Assert.True(await IsGoodAsync(await TokenAsync()), $"{hours} h: a new token");
            await LookAtAllAsync();
            for (var beat = 0; beat < 6; beat++) await LiveOnAsync();
            lock (_harm) Assert.Equal([], _harm);
        }
        Assert.Equal(pods, await IdentitiesAsync(Kinds.Pods));
        Assert.Superset(events, await IdentitiesAsync(Kinds.Events));
        Assert.All(_watching, watch => Assert.False(watch.IsCompleted));

        // And what is asked of it is done.
        await ScaleAsync("web", 4);
        await UntilAsync(async () => (await _cluster.Client.GetAsync(Kinds.Deployments, "default", "web", Ct)).Status.AvailableReplicas == 4);
    }

    /// <summary>Something for each kind of time that objects carry.</summary>
    private async Task FurnishAsync()
    {
        foreach (var name in Nodes) await SchedulerKnowsAsync(name);
        // Drives off the Pod that showed it.
        await ChangeAsync(Kinds.Nodes, null, "node-1", node => node.Spec.Taints = [.. node.Spec.Taints ?? [], new V1Taint { Key = "mine", Effect = "NoExecute", TimeAdded = _wall.GetUtcNow().UtcDateTime }]);
        await _cluster.Client.CreateAsync(Kinds.Deployments, Deployment("web", replicas: 3, spec => spec.MinReadySeconds = 20), Ct);
        await _cluster.Client.CreateAsync(Kinds.Deployments, Deployment("stuck", replicas: 1, spec =>
        {
            spec.ProgressDeadlineSeconds = 1800;
            spec.Template.Spec.NodeSelector = new Dictionary<string, string> { ["no"] = "where" };
        }), Ct);
        await _cluster.Client.CreateAsync(Kinds.Pods, Pod("bounded", "node-0", spec => spec.ActiveDeadlineSeconds = 1800), Ct);
        await _cluster.Client.CreateAsync(Kinds.Pods, Pod("tolerant", "node-1", spec => spec.Tolerations = [new V1Toleration { Key = "mine", OperatorProperty = "Exists", Effect = "NoExecute", TolerationSeconds = 1800 }]), Ct);
        await UntilAsync(async () => (await _cluster.Client.GetAsync(Kinds.Deployments, "default", "web", Ct)).Status?.AvailableReplicas == 3
            && (await _cluster.Client.ListAsync(Kinds.Pods, "default", new ListOptions(), Ct)).Items.Count(PodState.IsReady) == 6); // and one that no node may have
        await UntilAsync(async () => (await _cluster.Client.GetAsync(Kinds.Deployments, "default", "stuck", Ct)).Status?.UpdatedReplicas == 1);
    }

    private void Watch()
    {
        Watch(Kinds.Pods, pod => pod.Status?.Phase == "Failed" ? "failed" : pod.Status?.ContainerStatuses?.Any(c => c.RestartCount > 0) == true ? "restarted" : PodState.IsTerminating(pod) ? "deleted" : null);
        Watch(Kinds.Nodes, node => node.Status.Conditions.Any(c => c.Status == "Unknown" || c is { Type: "Ready", Status: not "True" }) ? "called lost" : node.Spec.Taints?.Any(t => t.Key != "mine") == true ? "tainted" : null);
        Watch(Kinds.Events, _ => null);
        Watch(Kinds.Deployments, d => d.Metadata.Name == "web" && d.Status?.AvailableReplicas is not >= 3 ? "short of Pods" : d.Status?.Conditions?.Any(c => c.Reason == "ProgressDeadlineExceeded") == true ? "timed out" : null);
    }

    /// <param name="harm">What is wrong with it; null when nothing is.</param>
    private void Watch<T>(ResourceType<T> type, Func<T, string?> harm) where T : class, IKubernetesObject<V1ObjectMeta>, new() => _watching.Add(Task.Run(async () =>
    {
        await foreach (var e in _cluster.Client.WatchAsync(type, null, new ListOptions { ResourceVersion = "0" }, _stop.Token))
        {
            var seen = e.Type == WatchEventType.Deleted ? "gone" : harm(e.Value);
            if (seen is not null) lock (_harm) _harm.Add($"{type.Kind} {e.Value.Metadata.Name} {seen}");
        }
    }, Ct));

    /// <summary>A change of each object makes everyone look at it who minds it.</summary>
    private async Task LookAtAllAsync()
    {
        foreach (var node in Nodes) await MarkAsync(Kinds.Nodes, null, node);
        foreach (var pod in (await _cluster.Client.ListAsync(Kinds.Pods, "default", new ListOptions(), Ct)).Items) await MarkAsync(Kinds.Pods, "default", pod.Metadata.Name);
        foreach (var deployment in (string[])["web", "stuck"]) await MarkAsync(Kinds.Deployments, "default", deployment);
    }

    private Task MarkAsync<T>(ResourceType<T> type, string? ns, string name) where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        ChangeAsync(type, ns, name, value => (value.Metadata.Annotations ??= new Dictionary<string, string>())["looked"] = $"{_wall.GetUtcNow():O}");

    private async Task ChangeAsync<T>(ResourceType<T> type, string? ns, string name, Action<T> change) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        while (true)
        {
            var value = type.Clone(await _cluster.Client.GetAsync(type, ns, name, Ct));
            change(value);
            try
            {
                await _cluster.Client.UpdateAsync(type, value, null, Ct);
                return;
            }
            catch (StatusException e) when (e.Code == 409) { } // somebody else wrote meanwhile
        }
    }

    private Task ScaleAsync(string name, int replicas) => ChangeAsync(Kinds.Deployments, "default", name, deployment => deployment.Spec.Replicas = replicas);

    /// <summary>Lets ten seconds pass, in which each node is heard.</summary>
    private async Task LiveOnAsync()
    {
        var before = await Task.WhenAll(Nodes.Select(RenewTimeAsync));
        for (var i = 0; i < 2; i++) _clock.Advance(Beat);
        for (var i = 0; i < Nodes.Length; i++)
        {
            var (name, last) = (Nodes[i], before[i]);
            await Eventually.TrueAsync(async () => await RenewTimeAsync(name) != last, Ct);
        }
    }

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; !await SoonAsync(condition); i++)
        {
            Assert.True(i < 60, "not within ten minutes of the cluster's time: " + await PodsAsync());
            await LiveOnAsync();
        }
    }

    /// <summary>Lets what the last step of the clock set off happen: controllers, scheduler and nodes work in real time.</summary>
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

    private async Task<string> PodsAsync() => string.Join(", ", (await _cluster.Client.ListAsync(Kinds.Pods, "default", new ListOptions(), Ct)).Items.Select(pod =>
        $"{pod.Metadata.Name} on {pod.Spec.NodeName} {pod.Status?.Phase} {(PodState.IsReady(pod) ? "ready" : "")}"));

    private async Task<DateTime?> RenewTimeAsync(string node) => (await _cluster.Client.GetAsync(Kinds.Leases, "kube-node-lease", node, Ct)).Spec.RenewTime;

    private async Task SchedulerKnowsAsync(string node)
    {
        await SchedulerProbe.SendAsync(_cluster, node, Ct);
        await UntilAsync(() => SchedulerProbe.HasArrivedAsync(_cluster, node, Ct));
    }

    private async Task<HashSet<string>> IdentitiesAsync<T>(ResourceType<T> type) where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        [.. (await _cluster.Client.ListAsync(type, "default", new ListOptions(), Ct)).Items.Select(value => $"{value.Metadata.Name} {value.Metadata.Uid}")];

    private async Task<string> TokenAsync() =>
        (await _cluster.Client.CreateTokenAsync("default", "default", new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { ExpirationSeconds = 3600 } }, Ct)).Status.Token;

    /// <summary>Over HTTPS, where a caller whose token is no good gets 401.</summary>
    private async Task<bool> IsGoodAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_cluster.Url, "/version")) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await _http.SendAsync(request, Ct);
        return answer.StatusCode != HttpStatusCode.Unauthorized;
    }

    private static V1Pod Pod(string name, string node, Action<V1PodSpec> change)
    {
        var pod = Kinds.Pods.New("default", name);
        pod.Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "example" }], NodeSelector = new Dictionary<string, string> { ["kubernetes.io/hostname"] = node } };
        change(pod.Spec);
        return pod;
    }

    private static V1Deployment Deployment(string name, int replicas, Action<V1DeploymentSpec> change)
    {
        var labels = new Dictionary<string, string> { ["app"] = name };
        var deployment = Kinds.Deployments.New("default", name);
        deployment.Spec = new V1DeploymentSpec
        {
            Replicas = replicas,
            Selector = new V1LabelSelector { MatchLabels = labels },
            Template = new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = labels }, Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "example" }] } },
        };
        change(deployment.Spec);
        return deployment;
    }
}
