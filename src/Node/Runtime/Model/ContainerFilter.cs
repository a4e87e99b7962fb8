namespace Coxswain.Node.Runtime;

/// <summary>Narrows a list; fields that are null do not narrow.</summary>
public sealed record ContainerFilter
{
    public string? Id { get; init; }
    public string? SandboxId { get; init; }
    public ContainerState? State { get; init; }
    /// <summary>All of these labels, with these values.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
