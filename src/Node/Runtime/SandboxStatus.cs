namespace Coxswain.Node.Runtime;

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

/// <param name="Ips">The Pod's addresses, the primary one first; empty on the node's network.</param>
public sealed record SandboxStatus(SandboxSummary Summary, IReadOnlyList<string> Ips, Namespaces Namespaces)
{
    public string Id => Summary.Id;
    public SandboxState State => Summary.State;
}

/// <summary>Narrows a list; fields that are null do not narrow.</summary>
public sealed record SandboxFilter
{
    public string? Id { get; init; }
    public SandboxState? State { get; init; }
    /// <summary>All of these labels, with these values.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
