namespace Coxswain.Bench.Measurements;

/// <summary>What stays in memory once everything before it has run on the shared cluster.</summary>
internal sealed class MemoryAfterLoad : IMeasurement
{
    public string Name => "memory";

    public async Task MeasureAsync(BenchContext context, CancellationToken ct)
    {
        var pid = (await context.ClusterAsync(ct)).Pid;
        await Task.Delay(TimeSpan.FromSeconds(5), ct); // as a client would find it, not at the peak
        context.Table.Add(new Row("resident memory after the load above", $"{Figures.MegaBytes(ProcessStats.Resident(pid))} (peak {Figures.MegaBytes(ProcessStats.PeakResident(pid))})", Goal: "200 MB"));
    }
}
