using System.Diagnostics;
using Coxswain.Bench.Cluster;

namespace Coxswain.Bench.Load;

/// <summary>Several clients, each with its connection and one request in flight at any time, until a number of requests is done.</summary>
internal static class LoadRunner
{
    private const int BufferBytes = 64 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <param name="call">The request of a number, 0 to <paramref name="count"/> - 1; quick, or made beforehand.</param>
    /// <exception cref="HttpRequestException">Any of them failed.</exception>
    public static async Task<LoadResult> RunAsync(ApiClients clients, int count, Func<int, Call> call, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        var times = new double[count];
        var next = -1;
        var clock = Stopwatch.GetTimestamp();
        var running = Enumerable.Range(0, clients.Count).Select(c => Task.Run(() => ClientAsync(clients[c]), limit.Token)).ToArray();
        try
        {
            await Task.WhenAll(running);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new InvalidOperationException($"only {Math.Min(next, count)} of {count} requests in {Limit.TotalSeconds:0} s");
        }
        return new LoadResult(count / Stopwatch.GetElapsedTime(clock).TotalSeconds, Figures.Percentile(times, 0.5), Figures.Percentile(times, 0.99));

        async Task ClientAsync(ApiConnection api)
        {
            var buffer = new byte[BufferBytes];
            while (Interlocked.Increment(ref next) is var i && i < count)
            {
                var sent = Stopwatch.GetTimestamp();
                try { await api.DrainAsync(call(i), buffer, limit.Token); }
                catch (HttpRequestException)
                {
                    Interlocked.Exchange(ref next, count); // the others need not go on
                    throw;
                }
                times[i] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            }
        }
    }
}
