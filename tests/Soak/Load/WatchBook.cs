namespace Coxswain.Soak.Load;

/// <summary>What one watcher has been told, over all its connections, and whether that can be.</summary>
internal sealed class WatchBook
{
    private readonly Dictionary<string, Seen> _objects = [];
    private readonly HashSet<long> _told = [];
    private long _from;

    /// <summary>Where the next watch begins.</summary>
    public long Revision { get; private set; }

    public IReadOnlyCollection<Seen> Objects => _objects.Values;

    /// <summary>A list, at the start or after 410: it stands for all that was missed.</summary>
    public IReadOnlyList<string> List(IReadOnlyCollection<Seen> shown, long revision)
    {
        var wrong = new List<string>();
        if (revision < Revision) wrong.Add($"a list at {revision} after a watch had come to {Revision}");
        foreach (var seen in shown)
            if (_objects.TryGetValue(seen.Name, out var known) && known.Revision > seen.Revision)
                wrong.Add($"{seen.Name}: a watch told of {known.Revision}, a later list shows {seen.Revision}");
        _objects.Clear();
        foreach (var seen in shown) _objects[seen.Name] = seen;
        _from = Revision = revision;
        return wrong;
    }

    /// <returns>Null, or what is wrong with it.</returns>
    public string? Event(string type, Seen seen)
    {
        if (type == "BOOKMARK")
        {
            if (seen.Revision < Revision) return $"a bookmark at {seen.Revision} after {Revision}";
            Revision = seen.Revision;
            return null;
        }
        if (seen.Revision <= Revision) return $"{type} {seen.Name} at {seen.Revision} after {Revision}: a duplicate, or out of order";
        Revision = seen.Revision;
        _told.Add(seen.Revision);
        var known = _objects.ContainsKey(seen.Name);
        if (type == "DELETED") _objects.Remove(seen.Name);
        else _objects[seen.Name] = seen;
        return known == (type != "ADDED")
            ? null
            : $"{type} {seen.Name} at {seen.Revision}, though it was {(known ? "there already" : "not there")}";
    }

    /// <summary>
    /// The acknowledged writes that it should have been told of, and was not. Ask when the watcher has come past them all.
    /// </summary>
    public IReadOnlyList<string> Missing(IEnumerable<Seen> acknowledged)
    {
        var untold = acknowledged.Where(a => a.Revision > _from && !_told.Contains(a.Revision));
        List<string> missing = [.. untold.Select(a => $"{a.Name}: sequence {a.Sequence} at {a.Revision} was never told")];
        _told.Clear();
        return missing;
    }

    /// <summary>What it shows otherwise than a list does, both from the same moment.</summary>
    public IReadOnlyList<string> Differences(IReadOnlyCollection<Seen> shown)
    {
        var list = shown.ToDictionary(s => s.Name);
        var other = _objects.Values.Where(o => Revision(o.Name) != $"{o.Revision}");
        return
        [
            .. other.Select(o => $"{o.Name}: watched as {o.Revision}, the list has {Revision(o.Name)}"),
            .. list.Keys.Where(n => !_objects.ContainsKey(n)).Select(n => $"{n}: in the list, never told"),
        ];

        string Revision(string name) => list.TryGetValue(name, out var seen) ? $"{seen.Revision}" : "nothing";
    }
}
