using System.Net;
using Coxswain.Api;
using Coxswain.TestKit;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Coxswain.Controllers.Tests;

/// <summary>All controllers at work on an API in memory, under a clock that tests move.</summary>
internal sealed class Rig : IAsyncDisposable
{
    public const string Certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    public const string Ns = "default";

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private Task _running = Task.CompletedTask;

    public Rig()
    {
        Clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        Wall = new SettableClock(Clock);
        Api = new FakeApi(Wall);
    }

    public FakeTimeProvider Clock { get; }
    /// <summary>What everybody reads: <see cref="Clock"/>, and set by hand.</summary>
    public SettableClock Wall { get; }
    public FakeApi Api { get; }
    public CancellationToken Ct => _stop.Token;

    public static async Task<Rig> StartAsync(Action<FakeApi>? before = null, string clusterCidr = "10.42.0.0/16")
    {
        var rig = new Rig();
        before?.Invoke(rig.Api);
        var options = new ControllerManagerOptions { RootCa = Certificate, ClusterCidr = IPNetwork.Parse(clusterCidr) };
        var manager = new ControllerManager(_ => rig.Api, rig.Wall, NullLoggerFactory.Instance, options);
        rig._running = manager.RunAsync(rig.Ct);
        await manager.HasSynced.WaitAsync(rig.Ct);
        return rig;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    public Task<T> CreateAsync<T>(ResourceType<T> type, T value) where T : class, IKubernetesObject<V1ObjectMeta>, new() => Api.CreateAsync(type, value, Ct);

    public Task DeleteAsync<T>(ResourceType<T> type, string? ns, string name, string? propagation = null) where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        Api.DeleteAsync(type, ns, name, new V1DeleteOptions { PropagationPolicy = propagation }, Ct);

    /// <summary>Waits while time creeps on by a millisecond a look: enough for what is tried again after a conflict, too little for anything else.</summary>
    public Task UntilAsync(Func<bool> condition, Func<string>? describe = null) => Eventually.TrueAsync(() =>
    {
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        return condition();
    }, Ct, describe);

    public async Task<T> UntilAsync<T>(ResourceType<T> type, string? ns, string name, Func<T, bool> condition) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        T? seen = null;
        await UntilAsync(() => (seen = Api.Find(type, ns, name)) is not null && condition(seen), () => seen is null ? "gone" : System.Text.Encoding.UTF8.GetString(type.Encode(seen)));
        return seen!;
    }

    public IReadOnlyList<V1Pod> Pods(string? ns = Ns) => [.. Api.All(Kinds.Pods, ns).Where(PodState.IsActive)];

    public Task PodsAsync(int count) => UntilAsync(() => Pods().Count == count, () => $"{Pods().Count} Pods");

    /// <summary>What a kubelet does: takes the Pods that have no node, makes them ready, and lets go of those that are deleted.</summary>
    public void Kubelet(string node = "n1", Func<V1Pod, bool>? which = null)
    {
        foreach (var pod in Api.All(Kinds.Pods).Where(pod => which?.Invoke(pod) != false))
        {
            if (PodState.IsTerminating(pod)) Api.DeleteAsync(Kinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, new V1DeleteOptions { GracePeriodSeconds = 0 }, Ct);
            else if (!PodState.IsReady(pod)) MakeReady(pod, node);
        }
    }

    public void MakeReady(V1Pod pod, string node = "n1") => Api.Change(Kinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, value =>
    {
        value.Spec.NodeName ??= node;
        value.Status = new V1PodStatus
        {
            Phase = "Running",
            PodIP = $"10.42.0.{Interlocked.Increment(ref _ips)}",
            Conditions = [new V1PodCondition { Type = "Ready", Status = "True", LastTransitionTime = Wall.GetUtcNow().UtcDateTime }],
        };
        value.Status.PodIPs = [new V1PodIP { Ip = value.Status.PodIP }];
    });

    private int _ips = 1;

    /// <summary>Lets the kubelet work until the condition holds.</summary>
    public Task RunUntilAsync(Func<bool> condition, Func<string>? describe = null) => UntilAsync(() =>
    {
        Kubelet();
        return condition();
    }, describe);

    public async Task<Corev1Event> EventAsync(string about, string reason, string? message = null)
    {
        Corev1Event? found = null;
        await UntilAsync(() => (found = Api.All(Kinds.Events).FirstOrDefault(each => each.InvolvedObject.Name == about && each.Reason == reason && (message is null || each.Message == message))) is not null, () => string.Join("\n", Api.All(Kinds.Events).Select(each => $"{each.InvolvedObject.Name} {each.Reason}: {each.Message}")));
        return found!;
    }

    public static V1PodTemplateSpec Template(string app, string image = "nginx:1") => new()
    {
        Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = app } },
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = image, Ports = [new V1ContainerPort { Name = "http", ContainerPort = 80, Protocol = "TCP" }] }] },
    };

    /// <summary>A Pod that nobody owns.</summary>
    public static void Orphan(FakeApi api, string name, string app, string? node = null)
    {
        var orphan = Kinds.Pods.New(Ns, name);
        orphan.Metadata.Labels = new Dictionary<string, string> { ["app"] = app };
        orphan.Spec = Template(app).Spec;
        orphan.Spec.NodeName = node;
        api.CreateAsync(Kinds.Pods, orphan, TestContext.Current.CancellationToken);
    }

    public static V1LabelSelector Selector(string app) => new() { MatchLabels = new Dictionary<string, string> { ["app"] = app } };

    public Task<V1Deployment> DeploymentAsync(string name, int replicas, Action<V1DeploymentSpec>? change = null)
    {
        var deployment = Kinds.Deployments.New(Ns, name);
        deployment.Spec = new V1DeploymentSpec
        {
            Replicas = replicas,
            Selector = Selector(name),
            Template = Template(name),
            Strategy = new V1DeploymentStrategy { Type = "RollingUpdate", RollingUpdate = new V1RollingUpdateDeployment { MaxSurge = "25%", MaxUnavailable = "25%" } },
            RevisionHistoryLimit = 10,
            ProgressDeadlineSeconds = 600,
        };
        change?.Invoke(deployment.Spec);
        return CreateAsync(Kinds.Deployments, deployment);
    }

    public Task<V1ReplicaSet> ReplicaSetAsync(string name, int replicas, Action<V1ReplicaSet>? change = null)
    {
        var set = Kinds.ReplicaSets.New(Ns, name);
        set.Spec = new V1ReplicaSetSpec { Replicas = replicas, Selector = Selector(name), Template = Template(name) };
        change?.Invoke(set);
        return CreateAsync(Kinds.ReplicaSets, set);
    }

    public Task<V1Node> NodeAsync(string name, Action<V1Node>? change = null)
    {
        var node = Kinds.Nodes.New(null, name);
        node.Spec = new V1NodeSpec();
        node.Status = new V1NodeStatus { Conditions = [new V1NodeCondition { Type = "Ready", Status = "True", LastHeartbeatTime = Clock.GetUtcNow().UtcDateTime }] };
        change?.Invoke(node);
        return CreateAsync(Kinds.Nodes, node);
    }
}
