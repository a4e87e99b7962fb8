using System.Diagnostics;
using System.Globalization;
using Coxswain.Bench.Cluster;

namespace Coxswain.Bench.Load;

/// <summary>Many watchers of one collection, each with a connection of its own, while writers add objects to it.</summary>
internal static class WatchCrowd
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The name of the event's object; it is what watchers find its number by.</summary>
    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"event-{number:000000}");

    /// <param name="write">Makes the object <see cref="NameOf"/> that number.</param>
    /// <returns>Events delivered a second, from the first write to the last watcher's last event; delays from a write's start to the event's arrival.</returns>
    public static async Task<LoadResult> RunAsync(ApiClients watchers, string watchPath, int events, ApiClients writers, Func<int, Call> write, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        var sent = new long[events];
        var delays = new double[watchers.Count * events];
        var open = await Task.WhenAll(Enumerable.Range(0, watchers.Count).Select(i => Watching.OpenAsync(watchers[i], watchPath, limit.Token)));
        try
        {
            var seen = open.Select((watching, i) => Task.Run(() => CountAsync(watching, sent, delays.AsMemory(i * events, events), limit.Token))).ToArray();
            var clock = Stopwatch.GetTimestamp();
            await LoadRunner.RunAsync(writers, events, Noted, limit.Token);
            await Task.WhenAll(seen);
            return new LoadResult(watchers.Count * events / Stopwatch.GetElapsedTime(clock).TotalSeconds, Figures.Percentile(delays, 0.5), Figures.Percentile(delays, 0.99));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new InvalidOperationException($"{delays.Count(d => d > 0)} of {delays.Length} events arrived in {Limit.TotalSeconds:0} s");
        }
        finally
        {
            await limit.CancelAsync();
            foreach (var watching in open) watching.Dispose();
        }

        Call Noted(int number)
        {
            var call = write(number);
            Volatile.Write(ref sent[number], Stopwatch.GetTimestamp());
            return call;
        }
    }

    private static async Task CountAsync(Watching watching, long[] sent, Memory<double> delays, CancellationToken ct)
    {
        var left = delays.Length;
        await foreach (var line in watching.LinesAsync(ct))
        {
            if (NumberIn(line.Span) is not { } number) continue; // somebody else's object
            delays.Span[number] = Stopwatch.GetElapsedTime(Volatile.Read(ref sent[number])).TotalMilliseconds;
            if (--left == 0) return;
        }
        throw new InvalidOperationException($"a watch ended {left} events early");
    }

    private static int? NumberIn(ReadOnlySpan<byte> line)
    {
        var name = "\"name\":\"event-"u8;
        var at = line.IndexOf(name);
        return at < 0 ? null : int.Parse(line.Slice(at + name.Length, 6), CultureInfo.InvariantCulture);
    }
}
