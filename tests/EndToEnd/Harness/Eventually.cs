using System.Diagnostics;

namespace Coxswain.EndToEnd.Harness;

/// <summary>Waits until something outside this process holds; the bound is generous, the interval short.</summary>
internal static class Eventually
{
    public static async Task<T> GetAsync<T>(Func<Task<T>> look, Func<T, bool> good, string what, int seconds = 60)
    {
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var seen = await look();
            if (good(seen)) return seen;
            if (clock.Elapsed.TotalSeconds > seconds) Assert.Fail($"not within {seconds} s: {what}\nlast seen: {seen}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    public static Task<string> ContainsAsync(Func<Task<string>> look, string text, int seconds = 60) =>
        GetAsync(look, s => s.Contains(text, StringComparison.Ordinal), $"\"{text}\"", seconds);

    public static Task<string> IsAsync(Func<Task<string>> look, string text, int seconds = 60) =>
        GetAsync(look, s => s == text, $"\"{text}\"", seconds);

    public static Task TrueAsync(Func<Task<bool>> look, string what, int seconds = 60) => GetAsync(look, x => x, what, seconds);
}
