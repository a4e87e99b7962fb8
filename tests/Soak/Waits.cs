using System.Diagnostics;

namespace Coxswain.Soak;

/// <summary>Looks at something outside this process until it holds.</summary>
internal static class Waits
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <param name="look">Null when all is as it should be, else what is not.</param>
    /// <exception cref="SoakException">Not within the limit; names what was not.</exception>
    public static async Task UntilAsync(Func<Task<string?>> look, TimeSpan limit, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        while (await LookAsync(look) is { } wrong)
        {
            if (clock.Elapsed > limit) throw new SoakException($"not within {limit.TotalSeconds:0} s: {wrong}");
            await Task.Delay(Interval, ct);
        }
    }

    public static Task UntilAsync(Func<string?> look, TimeSpan limit, CancellationToken ct) =>
        UntilAsync(() => Task.FromResult(look()), limit, ct);

    private static async Task<string?> LookAsync(Func<Task<string?>> look)
    {
        try { return await look(); }
        catch (Exception e) when (e is HttpRequestException or TimeoutException) { return e.Message; } // the server may be down
    }
}
