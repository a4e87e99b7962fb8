namespace Coxswain.Soak.Reports;

/// <summary>All that a run has shown; written as JSON, and as a table.</summary>
internal sealed record SoakReport
{
    public required DateTime Started { get; init; }
    public required double Minutes { get; init; }
    public required int Seed { get; init; }
    public required int Rounds { get; init; }
    public required IReadOnlyList<FaultSummary> Faults { get; init; }
    public required long AcknowledgedWrites { get; init; }
    /// <summary>Objects that were not what had been acknowledged.</summary>
    public required int LostWrites { get; init; }
    public required long WatchEvents { get; init; }
    public required long WatchListings { get; init; }
    public required int ShortLivedPods { get; init; }
    public required int BystandersDisturbed { get; init; }
    public required long Requests { get; init; }
    public required long HostileRequests { get; init; }
    /// <summary>Answers of 5xx to the load, those on a full disk included.</summary>
    public required long ServerErrors { get; init; }
    /// <summary>Those that no fault explains, and requests without an answer while the server was up.</summary>
    public required int UnexplainedErrors { get; init; }
    /// <summary>Requests without an answer, mostly because the server was killed.</summary>
    public required long Unanswered { get; init; }
    public required long Reads { get; init; }
    public required double ReadMedianMs { get; init; }
    public required double ReadP99Ms { get; init; }
    public required double ReadMaxMs { get; init; }
    public required long ResidentFirst { get; init; }
    public required long ResidentPeak { get; init; }
    public required long ResidentLast { get; init; }
    /// <summary>By invariant, how often it was broken.</summary>
    public required IReadOnlyDictionary<string, int> Invariants { get; init; }
    public required IReadOnlyList<Finding> Findings { get; init; }
    public required int Passed { get; init; }
    public required int Failed { get; init; }
}
