namespace Coxswain.ApiServer.Pipeline;

/// <summary>Query parameters of list, watch and deletecollection, by their wire names.</summary>
public sealed record ListQuery
{
    public string LabelSelector { get; init; } = "";
    public string FieldSelector { get; init; } = "";
    public string ResourceVersion { get; init; } = "";
    public string ResourceVersionMatch { get; init; } = "";
    /// <summary>0 for no limit.</summary>
    public long Limit { get; init; }
    public string Continue { get; init; } = "";
    /// <summary>How long a watch may last; null or 0 for as long as the server likes.</summary>
    public long? TimeoutSeconds { get; init; }
    /// <summary>Watch only.</summary>
    public bool AllowWatchBookmarks { get; init; }
    /// <summary>Watch only: null, or whether the present state comes first, closed by a bookmark.</summary>
    public bool? SendInitialEvents { get; init; }
}
