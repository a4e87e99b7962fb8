namespace Coxswain.Client;

/// <summary>Which part of a container's log is wanted, and how.</summary>
public sealed record LogOptions
{
    /// <summary>Go on with what is written until the container ends.</summary>
    public bool Follow { get; init; }
    /// <summary>The log of the run before the present one.</summary>
    public bool Previous { get; init; }
    /// <summary>Each line begins with its time.</summary>
    public bool Timestamps { get; init; }
    /// <summary>Only so many lines from the end.</summary>
    public long? TailLines { get; init; }
    /// <summary>Only what was written then or later.</summary>
    public DateTimeOffset? Since { get; init; }
    public long? LimitBytes { get; init; }
    /// <summary><c>All</c>, <c>Stdout</c> or <c>Stderr</c>.</summary>
    public string Stream { get; init; } = "All";
}
