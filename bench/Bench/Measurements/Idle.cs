namespace Coxswain.Bench.Measurements;

/// <summary>What a cluster takes that has nothing to do: memory and processor time of the cox process alone.</summary>
internal sealed class Idle : IMeasurement
{
    public string Name => "idle";

    public async Task MeasureAsync(BenchContext context, CancellationToken ct)
    {
        var cluster = await context.ClusterAsync(ct);
        await Task.Delay(TimeSpan.FromSeconds(context.Pick(3, 10)), ct); // the start's own work is over by then
        var span = TimeSpan.FromSeconds(context.Pick(10, 60));
        var before = ProcessStats.ProcessorTime(cluster.Pid);
        await Task.Delay(span, ct);
        var used = ProcessStats.ProcessorTime(cluster.Pid) - before;
        context.Table.Add(new Row("resident memory when idle", Figures.MegaBytes(ProcessStats.Resident(cluster.Pid)), Goal: "90 MB"));
        context.Table.Add(new Row($"processor time when idle, over {span.TotalSeconds:0} s", $"{Figures.Ratio(100 * used / span)} % of a core", Goal: "1 %"));
    }
}
