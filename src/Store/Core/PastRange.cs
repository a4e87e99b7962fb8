namespace Coxswain.Store.Core;

/// <summary>Shows a range as it was: takes the newest one and undoes what happened since.</summary>
internal sealed class PastRange(History history, string prefix, string? after)
{
    /// <returns>Null when the history since <paramref name="revision"/> is not held any more.</returns>
    public RangeResult? Read(Snapshot snapshot, int limit, long revision)
    {
        if (Undo(snapshot.Revision, revision) is not { } undo) return null;
        var (start, end) = StoreCore.RanksOf(snapshot.Tree, prefix, after);
        var values = Merge(snapshot.Tree.Slice(start, end), undo);
        var remaining = limit > 0 ? Math.Max(0, values.Count - limit) : 0;
        values.RemoveRange(values.Count - remaining, remaining);
        return new RangeResult(values, revision, remaining);
    }

    /// <summary>What each key that changed since held at that time; null for those that did not exist.</summary>
    private Dictionary<string, StoredValue?>? Undo(long newest, long revision)
    {
        var undo = new Dictionary<string, StoredValue?>(StringComparer.Ordinal);
        for (var i = newest; i > revision; i--)
        {
            if (history.Find(i) is not { Event: var change }) return null;
            if (Covers(change.Value.Key)) undo[change.Value.Key] = change.Previous; // the earliest change is met last, and stays
        }
        return undo;
    }

    private bool Covers(string key) =>
        key.StartsWith(prefix, StringComparison.Ordinal) && (after is null || string.CompareOrdinal(key, after) > 0);

    private static List<StoredValue> Merge(StoredValue[] current, Dictionary<string, StoredValue?> undo)
    {
        var values = new List<StoredValue>(current.Length + undo.Count);
        foreach (var value in current)
        {
            if (!undo.Remove(value.Key, out var past)) values.Add(value);
            else if (past is not null) values.Add(past);
        }
        var deletedSince = undo.Values.OfType<StoredValue>().ToList();
        if (deletedSince.Count == 0) return values;
        values.AddRange(deletedSince);
        values.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        return values;
    }
}
