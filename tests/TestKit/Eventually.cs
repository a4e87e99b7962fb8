using System.Diagnostics;

namespace Coxswain.TestKit;

/// <summary>Waits for what other threads bring about: bounded, and over as soon as it is there.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Looks again and again until <paramref name="condition"/> holds.</summary>
    /// <param name="describe">What is there instead, for the failure's text.</param>
    public static Task TrueAsync(Func<bool> condition, CancellationToken ct, Func<string>? describe = null) => TrueAsync(() => Task.FromResult(condition()), ct, describe);

    /// <inheritdoc cref="TrueAsync(Func{bool}, CancellationToken, Func{string})"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, CancellationToken ct, Func<string>? describe = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Limit) throw new TimeoutException($"not within {Limit.TotalSeconds} s{(describe is null ? "" : $": {describe()}")}");
            ct.ThrowIfCancellationRequested();
            await Task.Delay(1, ct); // a condition may look at anything, and often moves a clock with each look: there is no one thing to wait for
        }
    }
}
