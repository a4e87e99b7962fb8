using System.Diagnostics;
using Coxswain.Bench.Cluster;
using Coxswain.Bench.Load;

namespace Coxswain.Bench.Measurements;

/// <summary>2 000 Pods onto 1 000 nodes, from the first POST until the last is bound.</summary>
internal sealed class Binding : IMeasurement
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public string Name => "binding";

    public async Task MeasureAsync(BenchContext context, CancellationToken ct)
    {
        var (count, pods, rates) = (context.Pick(100, 1000), context.Pick(200, 2000), new List<double>());
        await using var nodes = await SimulatedNodes.StartAsync(context, count, ct);
        for (var round = 0; round < context.Pick(1, 3); round++)
        {
            await nodes.BeatAsync(ct);
            var ns = await Waits.NewNamespaceAsync(nodes.Api, $"binding-{round}", ct);
            var bodies = Enumerable.Range(0, pods).Select(i => Bodies.SimulatedPod($"pod-{i}")).ToArray();
            await using var watch = await PodWatch.OpenAsync(nodes.Api, ns, ct);
            var bound = watch.WaitForAsync(pods, PodMoment.Bound, Limit, ct);
            var sent = Stopwatch.GetTimestamp();
            await LoadRunner.RunAsync(nodes.Clients, pods, i => Call.Post($"/api/v1/namespaces/{ns}/pods", bodies[i]), ct);
            rates.Add(pods / Stopwatch.GetElapsedTime(sent, await bound).TotalSeconds);
        }
        context.Table.Add(new Row($"{Figures.Grouped(pods)} Pods onto {Figures.Grouped(count)} nodes: created and bound", Figures.Rate(Figures.Median(rates)), Goal: "2 000 /s"));
    }
}
