using Coxswain.Bench.Cluster;
using Coxswain.Bench.Load;

namespace Coxswain.Bench.Measurements;

/// <summary>One write seen by a hundred watchers: by one writer after the other's answer, and by 16 as fast as they can.</summary>
internal sealed class WatchFanOut : IMeasurement
{
    private const int Watchers = 100, Events = 500;

    public string Name => "watch";

    public async Task MeasureAsync(BenchContext context, CancellationToken ct)
    {
        using var watchers = await context.ConnectAsync(Watchers, ct);
        using var floorWatchers = await context.ConnectFloorAsync(Watchers, ct);
        var bodies = Enumerable.Range(0, Events).Select(i => Bodies.ConfigMap(WatchCrowd.NameOf(i))).ToArray();
        foreach (var writers in new[] { 1, 16 })
        {
            using var api = await context.ConnectAsync(writers, ct);
            using var floor = await context.ConnectFloorAsync(writers, ct);
            var (own, least) = (new List<LoadResult>(), new List<LoadResult>());
            for (var round = -1; round < context.Pick(1, 5); round++) // the first warms up and does not count
            {
                var ns = await Waits.NewNamespaceAsync(api.First, $"watch-{writers}-{round + 1}", ct);
                var path = $"/api/v1/namespaces/{ns}/configmaps";
                var floorResult = await WatchCrowd.RunAsync(floorWatchers, "/feed", Events, floor, i => Call.Post("/feed", bodies[i]), ct);
                var result = await WatchCrowd.RunAsync(watchers, $"{path}?watch=1", Events, api, i => Call.Post(path, bodies[i]), ct);
                if (round < 0) continue;
                own.Add(result);
                least.Add(floorResult);
            }
            var (a, b) = (LoadResult.Median(own), LoadResult.Median(least));
            context.Table.Add(new Row($"watch: {Watchers} watchers x {Events} events, {writers} writer{(writers > 1 ? "s" : "")}", $"{a}", $"{b} (lines passed on, nothing stored)", Figures.Ratio(a.PerSecond / b.PerSecond),
                writers == 1 ? "100 000 /s, p99 20 ms" : ""));
        }
    }
}
