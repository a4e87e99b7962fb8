namespace Coxswain.ApiServer.Pipeline;

/// <summary>What the pipeline needs to know of the cluster it serves.</summary>
public sealed record PipelineOptions
{
    /// <summary>Where Services get their addresses from.</summary>
    public string ServiceCidr { get; init; } = "10.43.0.0/16";
    /// <summary>The first and last NodePort, inclusive.</summary>
    public (int First, int Last) NodePorts { get; init; } = (30000, 32767);
    /// <summary>How often a watch that allows bookmarks gets one.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);
    /// <summary>For tests: every shared object that is handed out is compared with its stored bytes first, and one that somebody changed is named.</summary>
    public bool DetectMutation { get; init; }
    public ITokenIssuer? TokenIssuer { get; init; }
}
