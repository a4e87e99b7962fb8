namespace Coxswain.ApiServer.Nodes;

/// <summary>Which part of a log, and how it is wanted.</summary>
public sealed record LogQuery
{
    /// <summary>Go on with what is written from now on, until the container ends.</summary>
    public bool Follow { get; init; }
    /// <summary>The log of the container's previous run.</summary>
    public bool Previous { get; init; }
    /// <summary>Each line begins with its RFC 3339 time.</summary>
    public bool Timestamps { get; init; }
    /// <summary>Only so many lines from the end; null for all.</summary>
    public long? TailLines { get; init; }
    /// <summary>Only what was written at this time or later; from <c>sinceSeconds</c> or <c>sinceTime</c>.</summary>
    public DateTimeOffset? Since { get; init; }
    /// <summary>At most so many bytes; null for all.</summary>
    public long? LimitBytes { get; init; }
    /// <summary><c>All</c>, <c>Stdout</c> or <c>Stderr</c>.</summary>
    public string Stream { get; init; } = "All";
}
