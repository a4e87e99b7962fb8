using Coxswain.Client;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Tests;

/// <summary>Passes calls on until so many that change something or look at one thing have returned; from then on every call hangs, and the agent is killed.</summary>
internal sealed class KillingRuntime(IRuntime inner, int calls, Action kill) : IRuntime
{
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = calls;

    /// <summary>Waits until the kill, or until the agent is done with fewer calls.</summary>
    public async Task KilledAsync(Func<bool> done)
    {
        await TestNode.UntilAsync(() => _killed.Task.IsCompleted || done());
        if (!_killed.Task.IsCompleted) kill();
    }

    private async Task<T> Pass<T>(Func<Task<T>> call, CancellationToken ct)
    {
        if (Volatile.Read(ref _left) <= 0) await Task.Delay(Timeout.Infinite, ct);
        var result = await call();
        if (Interlocked.Decrement(ref _left) == 0)
        {
            kill();
            _killed.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct); // what the call did is never heard of
        }
        return result;
    }

    private Task<int> Pass(Func<Task> call, CancellationToken ct) => Pass(async () => { await call(); return 0; }, ct);

    public Task<RuntimeVersion> GetVersionAsync(CancellationToken ct) => inner.GetVersionAsync(ct);
    public Task<RuntimeStatus> GetStatusAsync(CancellationToken ct) => inner.GetStatusAsync(ct);
    public Task<CgroupDriver> GetCgroupDriverAsync(CancellationToken ct) => inner.GetCgroupDriverAsync(ct);
    public IAsyncEnumerable<RuntimeEvent> WatchAsync(CancellationToken ct) => inner.WatchAsync(ct);
    public Task<string> RunSandboxAsync(SandboxConfig config, CancellationToken ct) => Pass(() => inner.RunSandboxAsync(config, ct), ct);
    public Task StopSandboxAsync(string sandboxId, CancellationToken ct) => Pass(() => inner.StopSandboxAsync(sandboxId, ct), ct);
    public Task RemoveSandboxAsync(string sandboxId, CancellationToken ct) => Pass(() => inner.RemoveSandboxAsync(sandboxId, ct), ct);
    public Task<SandboxStatus?> GetSandboxAsync(string sandboxId, CancellationToken ct) => Pass(() => inner.GetSandboxAsync(sandboxId, ct), ct);
    public Task<IReadOnlyList<SandboxSummary>> ListSandboxesAsync(SandboxFilter? filter, CancellationToken ct) => inner.ListSandboxesAsync(filter, ct);
    public Task<string> CreateContainerAsync(string sandboxId, ContainerConfig config, SandboxConfig sandbox, CancellationToken ct) => Pass(() => inner.CreateContainerAsync(sandboxId, config, sandbox, ct), ct);
    public Task StartContainerAsync(string containerId, CancellationToken ct) => Pass(() => inner.StartContainerAsync(containerId, ct), ct);
    public Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken ct) => Pass(() => inner.StopContainerAsync(containerId, grace, ct), ct);
    public Task RemoveContainerAsync(string containerId, CancellationToken ct) => Pass(() => inner.RemoveContainerAsync(containerId, ct), ct);
    public Task<ContainerStatus?> GetContainerAsync(string containerId, CancellationToken ct) => Pass(() => inner.GetContainerAsync(containerId, ct), ct);
    public Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(ContainerFilter? filter, CancellationToken ct) => inner.ListContainersAsync(filter, ct);
    public Task UpdateContainerResourcesAsync(string containerId, LinuxResources resources, CancellationToken ct) => inner.UpdateContainerResourcesAsync(containerId, resources, ct);
    public Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(ContainerFilter? filter, CancellationToken ct) => inner.ListContainerStatsAsync(filter, ct);
    public Task ReopenContainerLogAsync(string containerId, CancellationToken ct) => inner.ReopenContainerLogAsync(containerId, ct);
    public Task<ExecResult> ExecSyncAsync(string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken ct) => inner.ExecSyncAsync(containerId, command, timeout, ct);
    public Task<int> ExecAsync(string containerId, IReadOnlyList<string> command, ExecStreams streams, CancellationToken ct) => inner.ExecAsync(containerId, command, streams, ct);
    public Task<ImageInfo?> GetImageAsync(string image, CancellationToken ct) => Pass(() => inner.GetImageAsync(image, ct), ct);
    public Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken ct) => inner.ListImagesAsync(ct);
    public Task<string> PullImageAsync(string image, RegistryAuth? auth, CancellationToken ct) => Pass(() => inner.PullImageAsync(image, auth, ct), ct);
    public Task RemoveImageAsync(string image, CancellationToken ct) => inner.RemoveImageAsync(image, ct);
    public Task<IReadOnlyList<string>> ImportImagesAsync(Stream archive, CancellationToken ct) => inner.ImportImagesAsync(archive, ct);
    public Task<FileSystemUsage> GetImageFileSystemAsync(CancellationToken ct) => inner.GetImageFileSystemAsync(ct);
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
