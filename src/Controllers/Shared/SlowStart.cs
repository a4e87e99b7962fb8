namespace Coxswain.Controllers;

/// <summary>Runs many like calls, first one, then two, then four ...: when the first fails because of a quota, say, the thousand others are not tried.</summary>
internal static class SlowStart
{
    private const int MaxInFlight = 64;

    /// <param name="call">Called with 0 to <paramref name="count"/> - 1.</param>
    /// <returns>The first failure, or null; calls after its batch were not made.</returns>
    public static async Task<Exception?> RunAsync(int count, Func<int, CancellationToken, Task> call, CancellationToken ct)
    {
        var next = 0;
        for (var batch = 1; next < count; batch = Math.Min(batch * 2, MaxInFlight))
        {
            // Once calls go well at full width, the rest is one batch: nothing is gained by waiting for the slowest of each 64.
            var size = batch == MaxInFlight ? count - next : Math.Min(batch, count - next);
            if (await RunBatchAsync(next, size, call, ct) is { } failure) return failure;
            next += size;
        }
        return null;
    }

    private static async Task<Exception?> RunBatchAsync(int from, int size, Func<int, CancellationToken, Task> call, CancellationToken ct)
    {
        Exception? first = null;
        await Parallel.ForEachAsync(Enumerable.Range(from, size), new ParallelOptions { MaxDegreeOfParallelism = MaxInFlight, CancellationToken = ct }, async (i, token) =>
        {
            if (Volatile.Read(ref first) is not null) return;
            try
            {
                await call(i, token);
            }
            catch (Exception e) when (!token.IsCancellationRequested)
            {
                Interlocked.CompareExchange(ref first, e, null);
            }
        });
        return first;
    }
}
