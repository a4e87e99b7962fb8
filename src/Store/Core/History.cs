namespace Coxswain.Store.Core;

/// <summary>
/// The newest events, one for each revision, in a ring. One writer appends and trims; any number of readers look entries up by revision without a
/// lock, and see that one is gone by finding another (or none) in its slot.
/// </summary>
internal sealed class History(int maxEvents, long maxBytes, long revision)
{
    private HistoryEntry?[] _ring = new HistoryEntry?[64]; // a power of two; replaced whole when it grows
    private long _oldest = revision;
    private long _newest = revision; // the writer's own
    private long _bytes; // the writer's own

    /// <summary>The events after this revision are held.</summary>
    public long Oldest => Volatile.Read(ref _oldest);

    /// <summary>The event of one revision; null when it is gone. Ask only for revisions that the store has made visible.</summary>
    public HistoryEntry? Find(long revision)
    {
        var ring = Volatile.Read(ref _ring);
        var entry = Volatile.Read(ref ring[revision & (ring.Length - 1)]);
        return entry?.Revision == revision ? entry : null;
    }

    public void Append(FeedEvent change)
    {
        var entry = new HistoryEntry(change);
        while (_newest - _oldest > 0 && (_newest - _oldest >= maxEvents || _bytes + entry.Charge > maxBytes)) DropOldest();
        if (_newest - _oldest == _ring.Length) Grow();
        Volatile.Write(ref _ring[entry.Revision & (_ring.Length - 1)], entry);
        _newest = entry.Revision;
        _bytes += entry.Charge;
    }

    /// <summary>Drops the events up to and including <paramref name="revision"/>.</summary>
    public void Forget(long revision)
    {
        while (_oldest < Math.Min(revision, _newest)) DropOldest();
    }

    private void DropOldest()
    {
        ref var slot = ref _ring[(_oldest + 1) & (_ring.Length - 1)];
        _bytes -= slot!.Charge;
        Volatile.Write(ref _oldest, _oldest + 1); // first: a reader that misses the entry finds the reason
        Volatile.Write(ref slot, null);
    }

    private void Grow()
    {
        var larger = new HistoryEntry?[_ring.Length * 2];
        for (var i = _oldest + 1; i <= _newest; i++) larger[i & (larger.Length - 1)] = _ring[i & (_ring.Length - 1)];
        Volatile.Write(ref _ring, larger);
    }
}
