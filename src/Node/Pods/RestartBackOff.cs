using Coxswain.Api;

namespace Coxswain.Node.Pods;

/// <summary>
/// Growing pauses between attempts, one for each key: none before the first, then <c>initial</c>, doubling up to <c>max</c>. A key that gave no trouble for
/// twice the maximum starts over. All moments are the steady clock's. Not thread-safe: each Pod worker has its own.
/// </summary>
internal sealed class RestartBackOff(TimeSpan initial, TimeSpan max, TimeProvider time)
{
    private readonly Dictionary<string, Entry> _entries = [];

    private readonly record struct Entry(TimeSpan Delay, TimeSpan LastFailure);

    /// <summary>The current pause of the key; zero before its first failure.</summary>
    public TimeSpan Delay(string key) => _entries.TryGetValue(key, out var entry) ? entry.Delay : TimeSpan.Zero;

    /// <summary>How much of the pause that began at <paramref name="since"/> is left.</summary>
    public TimeSpan Remaining(string key, TimeSpan since)
    {
        if (!_entries.TryGetValue(key, out var entry) || Expired(entry, since)) return TimeSpan.Zero;
        var left = since + entry.Delay - time.Steady();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Counts an attempt that follows a failure at <paramref name="since"/>: the next pause is longer.</summary>
    public void Next(string key, TimeSpan since)
    {
        var delay = _entries.TryGetValue(key, out var entry) && !Expired(entry, since) ? entry.Delay * 2 : initial;
        _entries[key] = new Entry(delay > max ? max : delay, time.Steady());
    }

    public void Reset(string key) => _entries.Remove(key);

    private bool Expired(Entry entry, TimeSpan since) => since - entry.LastFailure > max * 2;
}
