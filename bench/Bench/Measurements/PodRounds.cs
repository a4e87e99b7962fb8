using System.Diagnostics;
using Coxswain.Bench.Cluster;
using Coxswain.Bench.Load;

namespace Coxswain.Bench.Measurements;

/// <summary>Rounds of some Pods at once, from POST to Ready on a watch, each followed by as many bare CRI starts; nothing is left when the next round begins.</summary>
internal static class PodRounds
{
    private const string Namespace = "default";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <returns>Milliseconds of every Pod, and of every bare start.</returns>
    public static async Task<(IReadOnlyList<double> Pods, IReadOnlyList<double> Bare)> RunAsync(BenchContext context, string name, int rounds, int atOnce, CancellationToken ct)
    {
        var cluster = await context.ClusterAsync(ct);
        using var clients = await context.ConnectAsync(1, ct);
        var api = clients.First;
        await Waits.ForAsync(api, $"/api/v1/namespaces/{Namespace}/serviceaccounts/default", ct);
        await using var watch = await PodWatch.OpenAsync(api, Namespace, ct);
        await using var bare = await BareCri.ConnectAsync(cluster, context.NewDirectory("logs"), ct);
        var (pods, floor) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++) // the first warms up and does not count
        {
            var names = Enumerable.Range(0, round < 0 ? 1 : atOnce).Select(i => $"{name}-{round + 1}-{i}").ToArray();
            var times = await Task.WhenAll(names.Select(n => StartAsync(api, watch, n, ct)));
            foreach (var n in names) await api.ReadAsync(Call.Delete($"/api/v1/namespaces/{Namespace}/pods/{n}"), ct);
            foreach (var n in names) await watch.WaitAsync(n, PodMoment.Gone, Limit, ct);
            await bare.QuietAsync(ct);
            var bareTimes = await bare.StartAsync(names.Length, ct);
            await bare.QuietAsync(ct);
            if (round < 0) continue;
            pods.AddRange(times);
            floor.AddRange(bareTimes);
        }
        return (pods, floor);
    }

    private static async Task<double> StartAsync(ApiConnection api, PodWatch watch, string name, CancellationToken ct)
    {
        var body = Bodies.Pod(name);
        var sent = Stopwatch.GetTimestamp();
        await api.ReadAsync(Call.Post($"/api/v1/namespaces/{Namespace}/pods", body), ct);
        return Stopwatch.GetElapsedTime(sent, await watch.WaitAsync(name, PodMoment.Ready, Limit, ct)).TotalMilliseconds;
    }
}
