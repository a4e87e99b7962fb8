namespace Coxswain.Node.Pods;

/// <summary>
/// Growing pauses between attempts, one for each key: none before the first, then <c>initial</c>, doubling up to <c>max</c>. A key that gave no trouble for
/// twice the maximum starts over. Not thread-safe: each Pod worker has its own.
/// </summary>
internal sealed class RestartBackOff(TimeSpan initial, TimeSpan max, TimeProvider time)
{
    private readonly Dictionary<string, Entry> _entries = [];

    private readonly record struct Entry(TimeSpan Delay, DateTimeOffset LastFailure);

    /// <summary>The current pause of the key; zero before its first failure.</summary>
    public TimeSpan Delay(string key) => _entries.TryGetValue(key, out var entry) ? entry.Delay : TimeSpan.Zero;

    /// <summary>How much of the pause that began at <paramref name="since"/> is left.</summary>
    public TimeSpan Remaining(string key, DateTimeOffset since)
    {
        if (!_entries.TryGetValue(key, out var entry) || Expired(entry, since)) return TimeSpan.Zero;
        var left = since + entry.Delay - time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Counts an attempt that follows a failure at <paramref name="since"/>: the next pause is longer.</summary>
    public void Next(string key, DateTimeOffset since)
    {
        var delay = _entries.TryGetValue(key, out var entry) && !Expired(entry, since) ? entry.Delay * 2 : initial;
        _entries[key] = new Entry(delay > max ? max : delay, time.GetUtcNow());
    }

    public void Reset(string key) => _entries.Remove(key);

    private bool Expired(Entry entry, DateTimeOffset since) => since - entry.LastFailure > max * 2;
}
