using Coxswain.Api;
using Coxswain.TestKit;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Coxswain.Scheduler.Tests;

/// <summary>A scheduler at work on an API in memory.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly PodScheduler _scheduler;
    private Task _running = Task.CompletedTask;
    private bool _started;

    public Rig()
    {
        Clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        Api = new FakeApi(Clock);
        _scheduler = new PodScheduler(Api, Clock, NullLoggerFactory.Instance, new SchedulerOptions { Random = new Random(1) });
    }

    public FakeTimeProvider Clock { get; }
    public FakeApi Api { get; }

    public async Task<Rig> StartAsync()
    {
        _running = _scheduler.RunAsync(_stop.Token);
        await _scheduler.HasSynced.WaitAsync(_stop.Token);
        _started = true;
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _scheduler.Dispose();
        _stop.Dispose();
    }

    /// <summary>Makes a node; once the scheduler runs, returns when it knows of it.</summary>
    public async Task NodeAsync(string name, string cpu = "4", string memory = "8Gi", int pods = 110, Action<V1Node>? change = null)
    {
        var node = Kinds.Nodes.New(null, name);
        node.Metadata.Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = name };
        node.Spec = new V1NodeSpec();
        node.Status = new V1NodeStatus
        {
            Allocatable = new Dictionary<string, ResourceQuantity> { ["cpu"] = cpu, ["memory"] = memory, ["pods"] = pods.ToString(System.Globalization.CultureInfo.InvariantCulture), ["ephemeral-storage"] = "100Gi" },
        };
        change?.Invoke(node);
        await Api.CreateAsync(Kinds.Nodes, node, _stop.Token);
        if (_started) await Eventually.TrueAsync(() => _scheduler.Knows(name), _stop.Token);
    }

    public Task PodAsync(string name, string? cpu = null, string? memory = null, Action<V1Pod>? change = null)
    {
        var requests = new Dictionary<string, ResourceQuantity>();
        if (cpu is not null) requests["cpu"] = cpu;
        if (memory is not null) requests["memory"] = memory;
        var pod = Kinds.Pods.New("default", name);
        pod.Spec = new V1PodSpec { SchedulerName = "default-scheduler", Containers = [new V1Container { Name = "c", Image = "i", Resources = new V1ResourceRequirements { Requests = requests } }] };
        pod.Status = new V1PodStatus { Phase = "Pending" };
        change?.Invoke(pod);
        return Api.CreateAsync(Kinds.Pods, pod, _stop.Token);
    }

    public string? NodeOf(string pod) => Api.Find(Kinds.Pods, "default", pod)?.Spec.NodeName;

    public async Task<string> BoundAsync(string pod)
    {
        await Eventually.TrueAsync(() => NodeOf(pod) is not null, _stop.Token, () => $"{pod} has no node: {Condition(pod)?.Message}");
        return NodeOf(pod)!;
    }

    /// <summary>The text of the Pod's condition, once it says that there is no node.</summary>
    public async Task<string> RefusedAsync(string pod)
    {
        await Eventually.TrueAsync(() => Condition(pod) is { Status: "False" }, _stop.Token, () => $"{pod} is on {NodeOf(pod)}");
        return Condition(pod)!.Message;
    }

    public V1PodCondition? Condition(string pod) => PodState.Condition(Api.Find(Kinds.Pods, "default", pod)!, "PodScheduled");

    public async Task<Corev1Event> EventAsync(string about, string reason)
    {
        Corev1Event? Find() => Api.All(Kinds.Events).FirstOrDefault(each => each.InvolvedObject.Name == about && each.Reason == reason);
        await Eventually.TrueAsync(() => Find() is not null, _stop.Token);
        return Find()!;
    }
}
