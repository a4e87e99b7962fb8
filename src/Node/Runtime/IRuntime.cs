using Coxswain.Client;

namespace Coxswain.Node.Runtime;

/// <summary>
/// What runs containers, in the words of Kubernetes' Container Runtime Interface. Two implementations: <c>CriRuntime</c> speaks to containerd,
/// <see cref="SimulatedRuntime"/> only pretends. Both pass one contract-test suite.
/// </summary>
/// <remarks>
/// A sandbox is a Pod's shared home (its namespaces and its IP), held by the pause process; containers live in it. Sandbox and container ids come from one
/// space and never repeat. Every failure is a <see cref="RuntimeException"/> carrying the runtime's own text; <see cref="RuntimeException.Code"/> tells them apart.
/// Stop and remove are idempotent: what is already stopped or gone is a success.
/// </remarks>
public interface IRuntime : IAsyncDisposable
{
    Task<RuntimeVersion> GetVersionAsync(CancellationToken ct);

    /// <summary>Whether sandboxes can be made and whether their network is configured.</summary>
    Task<RuntimeStatus> GetStatusAsync(CancellationToken ct);

    /// <summary>Who makes the cgroups: what <see cref="SandboxConfig.CgroupParent"/> means depends on it.</summary>
    Task<CgroupDriver> GetCgroupDriverAsync(CancellationToken ct);

    /// <summary>
    /// What happens to sandboxes and containers from now on, until <paramref name="ct"/>. The first event is <see cref="RuntimeEventType.Resync"/>, sent once the
    /// subscription stands: list after it and nothing is missed. It comes again after each gap (the connection was lost, the reader was too slow).
    /// </summary>
    IAsyncEnumerable<RuntimeEvent> WatchAsync(CancellationToken ct);

    // Sandboxes

    /// <summary>Makes and starts a sandbox with its network.</summary>
    /// <returns>Its id.</returns>
    Task<string> RunSandboxAsync(SandboxConfig config, CancellationToken ct);

    /// <summary>Kills what still runs in the sandbox, gives back its network and stops it.</summary>
    Task StopSandboxAsync(string sandboxId, CancellationToken ct);

    /// <summary>Removes the sandbox with all its containers, by force.</summary>
    Task RemoveSandboxAsync(string sandboxId, CancellationToken ct);

    /// <returns>Null when there is no such sandbox.</returns>
    Task<SandboxStatus?> GetSandboxAsync(string sandboxId, CancellationToken ct);

    /// <param name="filter">Null for all.</param>
    Task<IReadOnlyList<SandboxSummary>> ListSandboxesAsync(SandboxFilter? filter, CancellationToken ct);

    // Containers

    /// <param name="sandbox">The configuration that <paramref name="sandboxId"/> was run with.</param>
    /// <returns>The container's id.</returns>
    Task<string> CreateContainerAsync(string sandboxId, ContainerConfig config, SandboxConfig sandbox, CancellationToken ct);

    Task StartContainerAsync(string containerId, CancellationToken ct);

    /// <summary>Sends the stop signal, then SIGKILL once <paramref name="grace"/> is over (at once when zero). Returns when the container has ended.</summary>
    Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken ct);

    /// <summary>Removes the container, by force if it runs. Its log file stays.</summary>
    Task RemoveContainerAsync(string containerId, CancellationToken ct);

    /// <returns>Null when there is no such container.</returns>
    Task<ContainerStatus?> GetContainerAsync(string containerId, CancellationToken ct);

    /// <param name="filter">Null for all.</param>
    Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(ContainerFilter? filter, CancellationToken ct);

    /// <summary>Changes the limits of a created or running container. Zero and empty fields stay as they are.</summary>
    Task UpdateContainerResourcesAsync(string containerId, LinuxResources resources, CancellationToken ct);

    /// <summary>Use of processor, memory and writable layer of the running containers that match.</summary>
    Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(ContainerFilter? filter, CancellationToken ct);

    /// <summary>Tells the runtime that the log file was moved away: it opens a new one at the container's log path.</summary>
    Task ReopenContainerLogAsync(string containerId, CancellationToken ct);

    /// <summary>Runs a command in a container and collects what it prints (at most 16 MiB of each stream).</summary>
    /// <param name="timeout">After it the command is killed; zero for none.</param>
    /// <exception cref="RuntimeException"><see cref="RuntimeErrorCode.DeadlineExceeded"/>: the timeout passed. A command that ran and failed is a result.</exception>
    Task<ExecResult> ExecSyncAsync(string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken ct);

    /// <summary>Runs a command in a container with its streams connected, until it ends or <paramref name="ct"/>.</summary>
    /// <returns>Its exit code.</returns>
    Task<int> ExecAsync(string containerId, IReadOnlyList<string> command, ExecStreams streams, CancellationToken ct);

    // Images

    /// <param name="image">A name (<c>nginx:1.27</c>), a digest reference or an image id.</param>
    /// <returns>Null when it is not present.</returns>
    Task<ImageInfo?> GetImageAsync(string image, CancellationToken ct);

    Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken ct);

    /// <returns>The image's id.</returns>
    Task<string> PullImageAsync(string image, RegistryAuth? auth, CancellationToken ct);

    /// <summary>Removes an image with all its names. No image is a success.</summary>
    Task RemoveImageAsync(string image, CancellationToken ct);

    /// <summary>Takes in the images of an OCI or docker archive (plain or gzipped tar) and pins them, so that garbage collection leaves them alone.</summary>
    /// <returns>The full names imported (<c>docker.io/library/nginx:1.27</c>).</returns>
    /// <exception cref="RuntimeException"><see cref="RuntimeErrorCode.InvalidArgument"/>: this is not such an archive.</exception>
    Task<IReadOnlyList<string>> ImportImagesAsync(Stream archive, CancellationToken ct);

    /// <summary>The file system images live on.</summary>
    Task<FileSystemUsage> GetImageFileSystemAsync(CancellationToken ct);
}
