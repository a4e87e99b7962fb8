using Coxswain.Bench.Measurements;

namespace Coxswain.Bench;

/// <summary>All measurements asked for, one after the other; then the table.</summary>
internal static class BenchRun
{
    // The order matters: memory after the load comes after the load.
    private static readonly IMeasurement[] All =
    [
        new Start(), new Idle(), new PodStart(), new PodsAtOnce(), new ConfigMaps(), new WatchFanOut(), new ListPods(), new MemoryAfterLoad(), new Deployment(), new Binding(), new Big(),
    ];

    /// <summary>For any one measurement; the longest takes a fifth of it on an idle machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <returns>The exit code: 1 when a measurement failed, 2 when one is not known.</returns>
    public static async Task<int> RunAsync(BenchOptions options, CancellationToken ct)
    {
        if (options.Only.Except(All.Select(m => m.Name)).FirstOrDefault() is { } unknown)
        {
            await Console.Error.WriteLineAsync($"bench: --only: no measurement is named \"{unknown}\"; there are {string.Join(", ", All.Select(m => m.Name))}");
            return 2;
        }
        Directory.CreateDirectory(options.Work);
        var heading = $"Measured on {Machine.Describe(options.Work)}{(options.Quick ? "; quick: small numbers, rough figures" : "")}.";
        BenchContext.Say(heading);
        var table = new Table();
        var failed = false;
        await using (var context = new BenchContext(options, table))
        {
            foreach (var measurement in All.Where(m => options.Only.Count == 0 || options.Only.Contains(m.Name)))
            {
                BenchContext.Say(measurement.Name);
                if (!await TryAsync(measurement, context, ct)) failed = true;
                if (ct.IsCancellationRequested) break;
            }
        }
        if (ct.IsCancellationRequested) return 130;
        var text = table.ToMarkdown(heading);
        Console.Write(text);
        if (options.Out is not null) await File.WriteAllTextAsync(options.Out, text, CancellationToken.None);
        return failed ? 1 : 0;
    }

    private static async Task<bool> TryAsync(IMeasurement measurement, BenchContext context, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        try
        {
            await measurement.MeasureAsync(context, limit.Token);
            return true;
        }
        catch (Exception) when (ct.IsCancellationRequested) // whatever shape the interruption took
        {
            return false;
        }
        catch (Exception e) // boundary: one that fails must not take the others with it
        {
            var why = limit.IsCancellationRequested ? $"it took longer than {Limit.TotalMinutes:0} minutes" : e.Message.ReplaceLineEndings(" ");
            context.Table.Add(new Row(measurement.Name, $"failed: {why}"));
            return false;
        }
    }
}
