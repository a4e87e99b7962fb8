using System.Diagnostics;
using Coxswain.Bench.Cluster;
using Coxswain.Bench.Load;

namespace Coxswain.Bench.Measurements;

/// <summary>One Deployment of 500: how fast its Pods come to be, through Deployment and ReplicaSet controller, and onto nodes.</summary>
internal sealed class Deployment : IMeasurement
{
    private const int Nodes = 100;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public string Name => "deployment";

    public async Task MeasureAsync(BenchContext context, CancellationToken ct)
    {
        var (replicas, created, bound) = (context.Pick(100, 500), new List<double>(), new List<double>());
        await using var nodes = await SimulatedNodes.StartAsync(context, Nodes, ct);
        for (var round = 0; round < context.Pick(1, 5); round++)
        {
            await nodes.BeatAsync(ct);
            var ns = await Waits.NewNamespaceAsync(nodes.Api, $"deployment-{round}", ct);
            await using var watch = await PodWatch.OpenAsync(nodes.Api, ns, ct);
            var sent = Stopwatch.GetTimestamp();
            var seen = watch.WaitForAsync(replicas, PodMoment.Seen, Limit, ct);
            var placed = watch.WaitForAsync(replicas, PodMoment.Bound, Limit, ct);
            await nodes.Api.ReadAsync(Call.Post($"/apis/apps/v1/namespaces/{ns}/deployments", Bodies.Deployment("web", replicas)), ct);
            created.Add(replicas / Stopwatch.GetElapsedTime(sent, await seen).TotalSeconds);
            bound.Add(replicas / Stopwatch.GetElapsedTime(sent, await placed).TotalSeconds);
        }
        context.Table.Add(new Row($"Deployment of {replicas}: Pods created", $"{Figures.Rate(Figures.Median(created))} (all bound: {Figures.Rate(Figures.Median(bound))})", Goal: "3 000 /s"));
    }
}
