namespace Coxswain.Store;

/// <summary>How much of the past a <see cref="SqliteStore"/> keeps on disk, beyond the live values. Whichever bound is met first counts.</summary>
public sealed record SqliteStoreOptions : StoreOptions
{
    /// <summary>Superseded and deleted values stay this long.</summary>
    public TimeSpan DiskHistoryAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>They stay while the file is (roughly) no larger than the live values and this many bytes.</summary>
    public long DiskHistoryBytes { get; init; } = 256 << 20;

    /// <summary>
    /// A store that is damaged is not refused: what can be read of it is taken over into a new file, the damaged ones are kept under another name
    /// (see <see cref="SqliteStore.Loss"/>). Revisions go on far behind any that may have been given out.
    /// </summary>
    public bool AcceptDataLoss { get; init; }

    /// <summary>
    /// Revisions are counted from here on where the file has none beyond it. Not to be used but to fill a new file: without a write it is
    /// forgotten.
    /// </summary>
    internal long FirstRevision { get; init; }

    /// <summary>For tests: called on the writer before a batch is committed, with its first and last revision.</summary>
    internal Action<long, long>? Committing { get; init; }

    /// <summary>For tests: called on the writer after a batch is committed, before it is made durable.</summary>
    internal Action? Flushing { get; init; }
}
