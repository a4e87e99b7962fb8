using System.Diagnostics;

namespace Coxswain.TestKit;

/// <summary>Waits for what other threads bring about: bounded, and without a fixed delay.</summary>
public static class Eventually
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Yields until <paramref name="condition"/> holds.</summary>
    /// <param name="describe">What is there instead, for the failure's text.</param>
    public static Task TrueAsync(Func<bool> condition, CancellationToken ct, Func<string>? describe = null) => TrueAsync(() => Task.FromResult(condition()), ct, describe);

    /// <inheritdoc cref="TrueAsync(Func{bool}, CancellationToken, Func{string})"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, CancellationToken ct, Func<string>? describe = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > s_limit) throw new TimeoutException($"not within {s_limit.TotalSeconds} s{(describe is null ? "" : $": {describe()}")}");
            ct.ThrowIfCancellationRequested();
            await Task.Delay(1, ct);
        }
    }
}
