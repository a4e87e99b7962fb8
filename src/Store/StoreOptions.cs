namespace Coxswain.Store;

/// <summary>What every store lets its owner choose.</summary>
public record StoreOptions
{
    /// <summary>How many of the newest events stay in memory for feeds and past ranges, at least 1.</summary>
    public int HistoryEvents { get; init; } = 50_000;

    /// <summary>
    /// How many bytes the held events may keep alive beyond the live values (an estimate). The newest event always stays.
    /// The default leaves a process of 200 MB most of its room: some 10 000 superseded Pods.
    /// </summary>
    public long HistoryBytes { get; init; } = 32 << 20;
}
