using System.Diagnostics;
using System.Globalization;
using Coxswain.Api;
using Coxswain.TestKit;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Scheduler.Tests;

/// <summary>The scheduler against the real API server.</summary>
public sealed class OnTheServerTests
{
    [Theory]
    [InlineData(20, 200)]
    [InlineData(1000, 2000)]
    public async Task Schedule_ManyPods_BindsThemAll(int nodes, int pods)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var api = new ServerApi(TimeProvider.System);
        await api.Client.CreateAsync(Kinds.Namespaces, Kinds.Namespaces.New(null, "default"), ct);
        await api.Client.CreateAsync(Kinds.ServiceAccounts, Kinds.ServiceAccounts.New("default", "default"), ct);
        for (var i = 0; i < nodes; i++)
        {
            await api.Client.CreateAsync(Kinds.Nodes, Node($"n{i}"), ct);
            await api.ChangeAsync(Kinds.Nodes, null, $"n{i}", null, node => node.Spec.Taints = null, ct); // as the node lifecycle does once a node is ready
        }
        for (var i = 0; i < pods; i++) await api.Client.CreateAsync(Kinds.Pods, Pod($"p{i}", "100m"), ct);
        await api.Client.CreateAsync(Kinds.Pods, Pod("huge", "64"), ct);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var scheduler = new PodScheduler(api.ClientFor("scheduler"), TimeProvider.System, NullLoggerFactory.Instance, new SchedulerOptions());
        var start = Stopwatch.GetTimestamp();
        var running = scheduler.RunAsync(stop.Token);
        await Eventually.TrueAsync(async () => (await api.AllAsync(Kinds.Pods, "default", ct)).Count(PodState.IsScheduled) == pods, ct, () => PodState.Condition(api.FindAsync(Kinds.Pods, "default", "p0", ct).Result!, "PodScheduled")?.Message ?? "");
        TestContext.Current.TestOutputHelper?.WriteLine($"{pods / Stopwatch.GetElapsedTime(start).TotalSeconds:F0} Pods a second");

        var message = $"0/{nodes} nodes are available: {nodes} Insufficient cpu. no new claims to deallocate, preemption: 0/{nodes} nodes are available: {nodes} Preemption is not helpful for scheduling.";
        await Eventually.TrueAsync(async () => PodState.Condition((await api.FindAsync(Kinds.Pods, "default", "huge", ct))!, "PodScheduled") is { Status: "False", Reason: "Unschedulable" } condition && condition.Message == message, ct);
        await Eventually.TrueAsync(async () => (await api.AllAsync(Kinds.Events, "default", ct)).Any(each => each.Reason == "FailedScheduling" && each.Message == message), ct);
        await stop.CancelAsync();
        await running;
    }

    private static V1Node Node(string name)
    {
        var node = Kinds.Nodes.New(null, name);
        node.Status = new V1NodeStatus
        {
            Allocatable = new Dictionary<string, ResourceQuantity> { ["cpu"] = "4", ["memory"] = "8Gi", ["pods"] = 110.ToString(CultureInfo.InvariantCulture) },
            Capacity = new Dictionary<string, ResourceQuantity> { ["cpu"] = "4", ["memory"] = "8Gi", ["pods"] = "110" },
        };
        return node;
    }

    private static V1Pod Pod(string name, string cpu)
    {
        var pod = Kinds.Pods.New("default", name);
        pod.Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "i", Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = cpu } } }] };
        return pod;
    }
}
