namespace Coxswain.Client;

/// <summary>Query parameters of list and watch, by their wire names.</summary>
public sealed record ListOptions
{
    public string? LabelSelector { get; init; }
    public string? FieldSelector { get; init; }
    public string? ResourceVersion { get; init; }
    public int? Limit { get; init; }
    public string? Continue { get; init; }
    /// <summary>Watch only: also send BOOKMARK events that carry nothing but a newer resourceVersion.</summary>
    public bool AllowBookmarks { get; init; }
}
