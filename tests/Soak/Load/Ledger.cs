namespace Coxswain.Soak.Load;

/// <summary>
/// Every write that was acknowledged. An entry belongs to its writer; the whole is looked at while the writers are paused.
/// </summary>
internal sealed class Ledger
{
    private readonly Dictionary<string, LedgerEntry> _entries;
    private readonly Dictionary<long, string> _revisions = [];
    private readonly List<Seen> _recent = [];
    private long _newest;

    public Ledger(IEnumerable<string> names) => _entries = names.ToDictionary(n => n, n => new LedgerEntry(n));

    private Ledger(Ledger other) => (_entries, _newest) = (other._entries.ToDictionary(e => e.Key, e => e.Value.Copy()), other.Newest);

    /// <summary>The highest revision acknowledged so far.</summary>
    public long Newest => Interlocked.Read(ref _newest);

    public IReadOnlyCollection<string> Names => _entries.Keys;

    public LedgerEntry this[string name] => _entries[name];

    /// <summary>A create, an update or a patch was answered with success.</summary>
    /// <param name="before"><see cref="Newest"/> as it was before the request was sent: what comes later has a higher revision.</param>
    /// <returns>Null, or what is wrong with the revision.</returns>
    public string? Acknowledge(LedgerEntry entry, long sequence, long revision, long before)
    {
        var earlier = entry.Revision;
        entry.Acknowledge(sequence, revision);
        lock (_recent)
        {
            _recent.Add(new Seen(entry.Name, revision, sequence));
            if (revision > _newest) Interlocked.Exchange(ref _newest, revision);
            if (!_revisions.TryAdd(revision, $"{entry.Name} {sequence}"))
                return $"revision {revision} was given to {_revisions[revision]} and again to {entry.Name} {sequence}";
        }
        if (revision <= before) return $"{entry.Name}: revision {revision}, though {before} had been given before it was asked for";
        return revision <= earlier ? $"{entry.Name}: revision {revision} after {earlier}" : null;
    }

    /// <summary>All that is wrong with what the server shows. Writers must be paused.</summary>
    public IReadOnlyList<string> Check(IReadOnlyCollection<Seen> shown)
    {
        var byName = shown.ToDictionary(s => s.Name);
        var wrong = _entries.Values.Select(e => e.Check(byName.TryGetValue(e.Name, out var seen) ? seen : null)).OfType<string>().ToList();
        wrong.AddRange(byName.Keys.Where(n => !_entries.ContainsKey(n)).Select(n => $"{n}: nobody made it"));
        return wrong;
    }

    /// <summary>Goes on from what is there, be it right or not: one loss is told once.</summary>
    public void Settle(IReadOnlyCollection<Seen> shown, int generation)
    {
        var byName = shown.ToDictionary(s => s.Name);
        foreach (var entry in _entries.Values) entry.Settle(byName.TryGetValue(entry.Name, out var seen) ? seen : null, generation);
    }

    /// <summary>What was acknowledged since the last call, in no order.</summary>
    public IReadOnlyList<Seen> TakeRecent()
    {
        lock (_recent)
        {
            Seen[] taken = [.. _recent];
            _recent.Clear();
            return taken;
        }
    }

    public Ledger Copy() => new(this);
}
