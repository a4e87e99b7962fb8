namespace Coxswain.Node.Cri;

/// <summary>Waits out the moment between a runtime's announcement and the state that others can see: it tells of some things before it has written them down.</summary>
internal static class Settle
{
    public static Task<bool> UntilAsync(Func<Task<bool>> seen, TimeSpan limit, TimeProvider time, CancellationToken ct) =>
        UntilAsync(seen, limit, TimeSpan.FromMilliseconds(50), time, ct);

    /// <param name="longest">Pause between two looks; the first is a millisecond.</param>
    /// <returns>False when <paramref name="limit"/> passed first.</returns>
    public static async Task<bool> UntilAsync(Func<Task<bool>> seen, TimeSpan limit, TimeSpan longest, TimeProvider time, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        for (var pause = TimeSpan.FromMilliseconds(1); !await seen(); pause = pause * 2 < longest ? pause * 2 : longest)
        {
            if (time.GetElapsedTime(start) > limit) return false;
            await Task.Delay(pause, time, ct);
        }
        return true;
    }
}
