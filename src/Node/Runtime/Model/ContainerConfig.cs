namespace Coxswain.Node.Runtime;

/// <summary>All that a container is made from.</summary>
public sealed record ContainerConfig
{
    public required string Name { get; init; }
    /// <summary>Counts restarts from 0; together with name and sandbox unique in the runtime.</summary>
    public uint Attempt { get; init; }
    /// <summary>The image to run: an id, digest or name that is present.</summary>
    public required string Image { get; init; }
    /// <summary>The image as the Pod's spec names it.</summary>
    public string UserSpecifiedImage { get; init; } = "";
    /// <summary>Empty: the image's entrypoint.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];
    public IReadOnlyList<string> Args { get; init; } = [];
    public string WorkingDirectory { get; init; } = "";
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];
    public IReadOnlyList<ContainerDevice> Devices { get; init; } = [];
    public IReadOnlyDictionary<string, string> Labels { get; init; } = SandboxConfig.Empty;
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = SandboxConfig.Empty;
    /// <summary>Relative to <see cref="SandboxConfig.LogDirectory"/>: <c>web/0.log</c>. Empty for no log.</summary>
    public string LogPath { get; init; } = "";
    public bool Stdin { get; init; }
    public bool StdinOnce { get; init; }
    public bool Tty { get; init; }
    /// <summary>A name such as <c>SIGQUIT</c>; empty for the image's own, else SIGTERM.</summary>
    public string StopSignal { get; init; } = "";
    public LinuxResources Resources { get; init; } = new();
    public ContainerSecurity Security { get; init; } = new();
}
