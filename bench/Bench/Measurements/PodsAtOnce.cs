namespace Coxswain.Bench.Measurements;

/// <summary>Twenty Pods at once.</summary>
internal sealed class PodsAtOnce : IMeasurement
{
    private const int AtOnce = 20;

    public string Name => "pods";

    public async Task MeasureAsync(BenchContext context, CancellationToken ct)
    {
        var (pods, bare) = await PodRounds.RunAsync(context, "many", context.Pick(1, 5), AtOnce, ct);
        var (pod, least) = (Figures.Median(pods), Figures.Median(bare));
        context.Table.Add(new Row($"{AtOnce} Pods at once: POST to Ready, p50", Figures.Seconds(pod / 1000), $"{Figures.Seconds(least / 1000)} (the CRI calls alone, {AtOnce} at once)", Figures.Ratio(pod / least), "1.3 times the floor"));
    }
}
