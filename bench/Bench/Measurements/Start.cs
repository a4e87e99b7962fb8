using System.Diagnostics;
using Coxswain.Bench.Cluster;
using Coxswain.Node.Containerd;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Bench.Measurements;

/// <summary>From an empty data directory to a Ready node. The floor is what cannot be spared: starting the executable, and containerd with the pause image.</summary>
internal sealed class Start : IMeasurement
{
    public string Name => "start";

    public async Task MeasureAsync(BenchContext context, CancellationToken ct)
    {
        var (said, seen, floor) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < context.Pick(2, 7); i++)
        {
            await using (var cluster = await CoxCluster.StartAsync(context.Options.Cox, context.NewDirectory("s"), ct))
            {
                said.Add(cluster.ReadySeconds);
                seen.Add(cluster.SeenReadySeconds);
            }
            var process = await Programs.RunAsync(context.Options.Cox, ct, "version");
            floor.Add((process + await StartContainerdAsync(context, ct)).TotalSeconds);
        }
        var (ready, least) = (Figures.Median(said), Figures.Median(floor));
        context.Table.Add(new Row("empty data directory to node Ready", $"{Figures.Seconds(ready)} ({Figures.Seconds(Figures.Median(seen))} from outside)",
            $"{Figures.Seconds(least)} (`cox version`, then containerd alone)", Figures.Ratio(ready / least), "1.0 s"));
    }

    private static async Task<TimeSpan> StartContainerdAsync(BenchContext context, CancellationToken ct)
    {
        var directory = context.NewDirectory("s");
        var options = new ContainerdOptions { Directory = Path.Combine(directory, "containerd"), CniConfigDirectory = Path.Combine(directory, "cni") };
        await using var host = new ContainerdHost(options, TimeProvider.System, NullLoggerFactory.Instance);
        try
        {
            var clock = Stopwatch.GetTimestamp();
            await host.StartAsync(ct);
            return Stopwatch.GetElapsedTime(clock);
        }
        finally
        {
            await host.DownAsync(CancellationToken.None);
            Directory.Delete(directory, recursive: true);
        }
    }
}
