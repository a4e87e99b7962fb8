using System.Diagnostics;
using Coxswain.Bench.Cluster;
using Coxswain.Bench.Load;

namespace Coxswain.Bench.Measurements;

/// <summary>Large objects: what memory they take while they come, what is given back once they are gone, and how long their deletion takes. On a cluster of its own.</summary>
internal sealed class Big : IMeasurement
{
    private const int Clients = 16;
    private const string Collection = "/api/v1/namespaces/default/configmaps";
    private const string Selected = Collection + "?labelSelector=app%3Dbench";
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10), GivenBack = TimeSpan.FromSeconds(60);

    public string Name => "big";

    public async Task MeasureAsync(BenchContext context, CancellationToken ct)
    {
        var count = context.Pick(100, 1000);
        await using var cluster = await CoxCluster.StartAsync(context.Options.Cox, context.NewDirectory("b"), ct);
        using var api = new ApiClients(cluster.Config, context.Options.Http, Clients);
        await api.First.ReadAsync(Call.Get(Collection), ct);
        await Task.Delay(Calm, ct);
        var before = ProcessStats.Resident(cluster.Pid);

        ProcessStats.ForgetPeak(cluster.Pid);
        var created = await LoadRunner.RunAsync(api, count, i => Call.Post(Collection, Bodies.LargeConfigMap($"big-{i}")), ct);
        var listed = await TimeAsync(Call.Get(Selected));
        var deleted = await TimeAsync(Call.Delete(Selected));
        var (peak, live) = (ProcessStats.PeakResident(cluster.Pid), (double)count * Bodies.LargeConfigMap("big-0").Length);
        await Task.Delay(GivenBack, ct);
        var after = ProcessStats.Resident(cluster.Pid);

        var what = $"{Figures.Grouped(count)} ConfigMaps of 1 MiB";
        context.Table.Add(new Row($"{what}: create (durable), {Clients} clients", $"{created}"));
        context.Table.Add(new Row($"{what}: list", Figures.Seconds(listed)));
        context.Table.Add(new Row($"{what}: most resident memory", Figures.MegaBytes(peak), $"{Figures.MegaBytes(live)} (the objects)", Figures.Ratio(peak / live), "twice the objects"));
        context.Table.Add(new Row($"{what}: delete of the collection", Figures.Seconds(deleted), Goal: "5 s"));
        context.Table.Add(new Row($"{what}: resident memory {GivenBack.TotalSeconds:0} s after the deletion", Figures.MegaBytes(after), $"{Figures.MegaBytes(before)} (before)", Figures.Ratio((double)after / before), "1.3 times before"));

        async Task<double> TimeAsync(Call call)
        {
            var clock = Stopwatch.StartNew();
            await api.First.DrainAsync(call, new byte[256 * 1024], ct);
            return clock.Elapsed.TotalSeconds;
        }
    }
}
