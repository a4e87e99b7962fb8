using System.Diagnostics;
using Coxswain.Bench.Cluster;
using Coxswain.Bench.Load;

namespace Coxswain.Bench.Measurements;

/// <summary>All of 5 000 Pods in one answer.</summary>
internal sealed class ListPods : IMeasurement
{
    private const int Clients = 16, BufferBytes = 256 * 1024;

    public string Name => "list";

    public async Task MeasureAsync(BenchContext context, CancellationToken ct)
    {
        var count = context.Pick(1000, 5000);
        using var api = await context.ConnectAsync(Clients, ct);
        using var floor = await context.ConnectFloorAsync(1, ct);
        var path = $"/api/v1/namespaces/{await Waits.NewNamespaceAsync(api.First, "pods", ct)}/pods";
        var created = await LoadRunner.RunAsync(api, count, i => Call.Post(path, Bodies.IdlePod($"idle-{i}")), ct);
        context.Table.Add(new Row($"Pod create (durable), {Clients} clients", $"{created}"));

        var buffer = new byte[BufferBytes];
        var (own, least, size) = (new List<double>(), new List<double>(), 0L);
        for (var round = -3; round < context.Pick(5, 30); round++) // the first warm up and do not count
        {
            (size, var time) = await TimeAsync(api.First, path, buffer, ct);
            var (_, floorTime) = await TimeAsync(floor.First, $"/{size}", buffer, ct);
            if (round < 0) continue;
            own.Add(time);
            least.Add(floorTime);
        }
        var (p50, floor50) = (Figures.Median(own), Figures.Median(least));
        context.Table.Add(new Row($"list of {Figures.Grouped(count)} Pods ({Figures.MegaBytes(size)}), p50", Figures.Ms(p50), $"{Figures.Ms(floor50)} (as many bytes of an empty HTTPS endpoint)", Figures.Ratio(p50 / floor50), "60 ms"));
    }

    private static async Task<(long Size, double Time)> TimeAsync(ApiConnection api, string path, byte[] buffer, CancellationToken ct)
    {
        var clock = Stopwatch.GetTimestamp();
        var size = await api.DrainAsync(Call.Get(path), buffer, ct);
        return (size, Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
    }
}
