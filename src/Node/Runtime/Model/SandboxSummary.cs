namespace Coxswain.Node.Runtime;

/// <summary>Ready: its processes run and its network stands. It never becomes ready again.</summary>
public enum SandboxState { Ready, NotReady }

/// <summary>A sandbox as a list shows it.</summary>
public sealed record SandboxSummary
{
    public required string Id { get; init; }
    public required SandboxMetadata Metadata { get; init; }
    public required SandboxState State { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = SandboxConfig.Empty;
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = SandboxConfig.Empty;
    public string RuntimeHandler { get; init; } = "";
}
