namespace Coxswain.Node.Runtime;

/// <summary>Where a container is in its life: Created ▸ Running ▸ Exited.</summary>
public enum ContainerState { Created, Running, Exited, Unknown }

/// <summary>A container as a list shows it.</summary>
public sealed record ContainerSummary
{
    public required string Id { get; init; }
    public required string SandboxId { get; init; }
    public required string Name { get; init; }
    public required uint Attempt { get; init; }
    public required ContainerState State { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    /// <summary>As <see cref="ContainerConfig.Image"/> asked.</summary>
    public string Image { get; init; } = "";
    /// <summary>The id or digest it became.</summary>
    public string ImageRef { get; init; } = "";
    public IReadOnlyDictionary<string, string> Labels { get; init; } = SandboxConfig.Empty;
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = SandboxConfig.Empty;
}
