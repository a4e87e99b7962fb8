namespace Coxswain.Node.Runtime;

/// <summary>The life of a pretended process.</summary>
public sealed record SimulatedProcess
{
    /// <summary>How long it runs before it ends by itself; null: until stopped.</summary>
    public TimeSpan? RunsFor { get; init; }
    public int ExitCode { get; init; }
    public string Stdout { get; init; } = "";
    public string Stderr { get; init; } = "";
    /// <summary>How it ends on the stop signal; null: it ignores it and waits for SIGKILL (137).</summary>
    public int? ExitCodeOnStop { get; init; } = 143;
    /// <summary>Ends as one that the kernel killed for memory: exit code 137, and a moment later the reason OOMKilled.</summary>
    public bool OutOfMemory { get; init; }
    /// <summary>Not null: it cannot be started, for this reason.</summary>
    public string? StartError { get; init; }
}
