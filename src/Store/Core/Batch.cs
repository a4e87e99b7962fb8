using System.Buffers.Text;

namespace Coxswain.Store.Core;

/// <summary>
/// Proposals that become durable and visible together. Each is checked against the newest state, earlier ones of the batch included. Nothing is
/// seen outside until the batch is published; one that is dropped never was.
/// </summary>
internal sealed class Batch(Snapshot start)
{
    private const int MaxDigits = 19;
    private readonly KeyTreeEditor _tree = new(start.Tree);
    private readonly List<FeedEvent> _events = [];

    public IReadOnlyList<FeedEvent> Events => _events;
    public long Revision { get; private set; } = start.Revision;
    /// <summary>Of the events' values.</summary>
    public long Bytes { get; private set; }

    /// <summary>Freezes the batch's outcome.</summary>
    public Snapshot ToSnapshot() => new(_tree.ToTree(), Revision);

    public WriteResult Apply(Proposal proposal)
    {
        var current = _tree.Find(proposal.Key);
        if (!Fits(proposal, current)) return new WriteResult(false, Revision, current);

        var revision = Revision + 1;
        var value = new StoredValue(current?.Key ?? proposal.Key, BytesFor(proposal, current, revision), revision, current?.CreateRevision ?? revision)
        {
            Attachment = proposal.Attachment?.Invoke(revision),
        };
        if (proposal.Kind == WriteKind.Delete) _tree.Remove(value.Key);
        else _tree.Set(value);
        _events.Add(new FeedEvent(TypeOf(proposal.Kind), value, current) { CarriesLast = proposal.CarriesLast });
        Bytes += value.Bytes.Length;
        Revision = revision;
        return new WriteResult(true, revision, value);
    }

    private static bool Fits(Proposal proposal, StoredValue? current) => proposal.Kind == WriteKind.Create
        ? current is null
        : current is not null && (proposal.ExpectedRevision == 0 || proposal.ExpectedRevision == current.Revision);

    private static FeedEventType TypeOf(WriteKind kind) => kind switch
    {
        WriteKind.Create => FeedEventType.Created,
        WriteKind.Update => FeedEventType.Updated,
        _ => FeedEventType.Deleted,
    };

    private static ReadOnlyMemory<byte> BytesFor(Proposal proposal, StoredValue? current, long revision)
    {
        var slot = proposal.RevisionSlot;
        if (proposal.CarriesLast) return slot < 0 ? current!.Bytes : Splice(current!.Bytes.Span, slot, DigitsOf(current.Revision), revision);
        return slot < 0 ? proposal.Value.ToArray() : Splice(proposal.Value.Span, slot, 0, revision);
    }

    /// <summary>A copy with the revision in place of <paramref name="replaced"/> bytes at the slot.</summary>
    private static byte[] Splice(ReadOnlySpan<byte> value, int slot, int replaced, long revision)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        Utf8Formatter.TryFormat(revision, digits, out var length);
        var bytes = new byte[value.Length - replaced + length];
        value[..slot].CopyTo(bytes);
        digits[..length].CopyTo(bytes.AsSpan(slot));
        value[(slot + replaced)..].CopyTo(bytes.AsSpan(slot + length));
        return bytes;
    }

    private static int DigitsOf(long revision)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        Utf8Formatter.TryFormat(revision, digits, out var length);
        return length;
    }
}
