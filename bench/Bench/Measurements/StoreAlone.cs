using System.Diagnostics;
using Coxswain.Bench.Load;
using Coxswain.Store;

namespace Coxswain.Bench.Measurements;

/// <summary>What the disk and the store allow without an API in front: durable creates by several writers, in this process.</summary>
internal static class StoreAlone
{
    /// <summary>About a ConfigMap as it is stored.</summary>
    public const int ValueBytes = 700;

    public static async Task<LoadResult> RunAsync(string directory, int writers, int count, CancellationToken ct)
    {
        Directory.CreateDirectory(directory);
        try
        {
            await using var store = await SqliteStore.OpenAsync(Path.Combine(directory, "state.db"), ct: ct);
            await WriteAsync(store, "warm", writers, count / 4, ct);
            return await WriteAsync(store, "real", writers, count, ct);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<LoadResult> WriteAsync(SqliteStore store, string ns, int writers, int count, CancellationToken ct)
    {
        var (value, times, next) = (new byte[ValueBytes], new double[count], -1);
        var clock = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < count)
            {
                var began = Stopwatch.GetTimestamp();
                await store.WriteAsync(new Proposal(WriteKind.Create, $"/registry/configmaps/{ns}/c{i}", value), ct);
                times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            }
        }, ct)));
        return new LoadResult(count / Stopwatch.GetElapsedTime(clock).TotalSeconds, Figures.Percentile(times, 0.5), Figures.Percentile(times, 0.99));
    }
}
