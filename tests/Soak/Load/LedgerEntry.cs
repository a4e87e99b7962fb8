namespace Coxswain.Soak.Load;

/// <summary>
/// What is known of one object: as what the server last acknowledged it, and what it may be instead because an answer never came. It has
/// one writer, so nothing else can be.
/// </summary>
internal sealed class LedgerEntry(string name)
{
    /// <summary>Stands for "deleted" among the sequences that it may have.</summary>
    private const long Deleted = -1;

    private readonly HashSet<long> _maybe = [];
    private int _doubtIn;

    public string Name => name;
    public bool Exists { get; private set; }
    public long Sequence { get; private set; }
    public long Revision { get; private set; }
    public bool InDoubt => _maybe.Count > 0;

    public void Acknowledge(long sequence, long revision) => (Exists, Sequence, Revision) = (true, sequence, revision);

    public void AcknowledgeDelete() => Exists = false;

    /// <summary>A write whose answer never came. It may have happened, and as long as that process lives it may still happen.</summary>
    /// <param name="sequence">Null for a delete.</param>
    public void Doubt(long? sequence, int generation)
    {
        _maybe.Add(sequence ?? Deleted);
        _doubtIn = generation;
    }

    /// <summary>Null when the server shows what it may show, else what is wrong.</summary>
    /// <param name="seen">Null when it is not there.</param>
    public string? Check(Seen? seen)
    {
        if (seen is not { } there)
            return !Exists || _maybe.Contains(Deleted)
                ? null
                : $"{name}: acknowledged with sequence {Sequence} at revision {Revision}, and not there";
        if (Exists && there.Sequence == Sequence)
            return there.Revision == Revision
                ? null
                : $"{name}: sequence {Sequence} was acknowledged at revision {Revision} and is at {there.Revision}";
        if (_maybe.Contains(there.Sequence)) return null;
        if (!Exists)
            return $"{name}: its delete was acknowledged, and it is there with sequence {there.Sequence} at revision {there.Revision}";
        return $"{name}: acknowledged with sequence {Sequence} at revision {Revision}, and has {there.Sequence} at {there.Revision}";
    }

    /// <summary>Takes what is there for the truth. A doubt ends once the process that it was about has.</summary>
    public void Settle(Seen? seen, int generation)
    {
        if (seen is { } there) Acknowledge(there.Sequence, there.Revision);
        else AcknowledgeDelete();
        if (generation != _doubtIn) _maybe.Clear();
    }

    public LedgerEntry Copy()
    {
        var copy = new LedgerEntry(name) { Exists = Exists, Sequence = Sequence, Revision = Revision, _doubtIn = _doubtIn };
        copy._maybe.UnionWith(_maybe);
        return copy;
    }
}
