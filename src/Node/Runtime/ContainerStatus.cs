namespace Coxswain.Node.Runtime;

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

/// <summary>All that the runtime knows of one container.</summary>
public sealed record ContainerStatus
{
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

/// <summary>Narrows a list; fields that are null do not narrow.</summary>
public sealed record ContainerFilter
{
    public string? Id { get; init; }
    public string? SandboxId { get; init; }
    public ContainerState? State { get; init; }
    /// <summary>All of these labels, with these values.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>What a container uses. Null: not known at the moment.</summary>
/// <param name="CpuNanoseconds">Processor time used in all.</param>
/// <param name="WorkingSetBytes">Memory that cannot be given back under pressure.</param>
/// <param name="WritableLayerBytes">On disk, beyond the image.</param>
public sealed record ContainerStats(string ContainerId, string Name, IReadOnlyDictionary<string, string> Labels, DateTimeOffset At, long? CpuNanoseconds, long? WorkingSetBytes, long? WritableLayerBytes);
