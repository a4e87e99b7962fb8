namespace Coxswain.Node.Runtime;

/// <summary>What happened to a sandbox or container.</summary>
public enum RuntimeEventType
{
    /// <summary>Events may have been missed: list everything. Carries no id.</summary>
    Resync,
    Created,
    Started,
    /// <summary>The process ended, whoever ended it.</summary>
    Stopped,
    /// <summary>The kernel killed a process of the container for want of memory. It may come after the end, and the container's status says why only from now on.</summary>
    OutOfMemory,
    Deleted,
    /// <summary>The runtime went away, or only the connection: nothing is heard until the next <see cref="Resync"/>. Carries no id.</summary>
    Lost,
    /// <summary>An image came, went or got another name. Carries no id.</summary>
    ImagesChanged,
}

/// <summary>Something happened to a sandbox or a container. A hint where to look, not a record of state.</summary>
/// <param name="Id">Of the sandbox or container; empty for what concerns none.</param>
/// <param name="SandboxId">The sandbox it belongs to (its own id for a sandbox), or null when the runtime did not say.</param>
public readonly record struct RuntimeEvent(RuntimeEventType Type, string Id, string? SandboxId);
