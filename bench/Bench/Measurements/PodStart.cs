namespace Coxswain.Bench.Measurements;

/// <summary>One Pod after the other.</summary>
internal sealed class PodStart : IMeasurement
{
    public string Name => "pod";

    public async Task MeasureAsync(BenchContext context, CancellationToken ct)
    {
        var count = context.Pick(5, 30);
        var (pods, bare) = await PodRounds.RunAsync(context, "one", count, atOnce: 1, ct);
        var (pod, least) = (Figures.Median(pods), Figures.Median(bare));
        context.Table.Add(new Row($"Pod: POST to Ready on a watch, p50 of {count}", Figures.Ms(pod), $"{Figures.Ms(least)} (the three CRI calls alone)", Figures.Ratio(pod / least), "1.3 times the floor"));
    }
}
