namespace Coxswain.Node.Runtime;

/// <summary>
/// How pretended containers behave. One simulation serves any number of <see cref="SimulatedRuntime"/>s; its functions are called under their locks and must
/// be quick. The default knows a handful of shell commands (see <see cref="SimulatedShell"/>), finds every image and runs everything else until it is stopped.
/// </summary>
public sealed record Simulation
{
    /// <summary>What a container does once started.</summary>
    public Func<ContainerConfig, SimulatedProcess> Run { get; init; } = SimulatedShell.Run;

    /// <summary>What a command in a running container gives. The last argument is its stdin, whole.</summary>
    public Func<ContainerConfig, IReadOnlyList<string>, ReadOnlyMemory<byte>, SimulatedProcess> Exec { get; init; } = SimulatedShell.Exec;

    /// <summary>Null, or the failure of a pull of this image.</summary>
    public Func<string, RuntimeException?> Pull { get; init; } = _ => null;

    /// <summary>Null, or the reason why this sandbox cannot be made.</summary>
    public Func<SandboxConfig, RuntimeException?> Sandbox { get; init; } = _ => null;

    /// <summary>Null, or the reason why the sandbox of a Pod of that name cannot be stopped.</summary>
    public Func<string, RuntimeException?> Stop { get; init; } = _ => null;

    /// <summary>How long each of these calls takes.</summary>
    public TimeSpan PullTime { get; init; }
    public TimeSpan SandboxTime { get; init; }
    public TimeSpan StartTime { get; init; }

    /// <summary>Sandboxes get the addresses of this IPv4 range, from its second on.</summary>
    public string PodCidr { get; init; } = "10.42.0.0/24";

    /// <summary>Whether it says that it can make mounts read-only with all that is mounted below them.</summary>
    public bool RecursiveReadOnly { get; init; } = true;

    /// <summary>Who it says makes cgroups.</summary>
    public CgroupDriver CgroupDriver { get; init; } = CgroupDriver.Cgroupfs;

    /// <summary>Bytes that every pretended image has.</summary>
    public long ImageSize { get; init; } = 10_000_000;
}
