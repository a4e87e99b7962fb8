namespace Coxswain.Node.Runtime;

/// <summary>All that the runtime knows of one container.</summary>
public sealed record ContainerStatus
{
    /// <summary>The reason of a container that the kernel ended for want of memory.</summary>
    public const string OutOfMemory = "OOMKilled";

    public required string Id { get; init; }
    public required string Name { get; init; }
    public required uint Attempt { get; init; }
    public required ContainerState State { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public int ExitCode { get; init; }
    /// <summary>The image's name, as <c>status.containerStatuses[].image</c> shows it.</summary>
    public string Image { get; init; } = "";
    /// <summary><c>status.containerStatuses[].imageID</c>: a repo digest if there is one, else the image's id.</summary>
    public string ImageRef { get; init; } = "";
    /// <summary><c>Completed</c>, <c>Error</c>, <c>OOMKilled</c>, <c>StartError</c> ...; empty while it lives.</summary>
    public string Reason { get; init; } = "";
    public string Message { get; init; } = "";
    public IReadOnlyDictionary<string, string> Labels { get; init; } = SandboxConfig.Empty;
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = SandboxConfig.Empty;
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];
    /// <summary>Absolute.</summary>
    public string LogPath { get; init; } = "";
}
