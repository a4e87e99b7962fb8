using System.Text;
using Coxswain.Api;
using Coxswain.Client;

namespace Coxswain.Node.Runtime;

public sealed partial class SimulatedRuntime
{
    public Task<string> CreateContainerAsync(string sandboxId, ContainerConfig config, SandboxConfig sandbox, CancellationToken ct)
    {
        lock (_lock)
        {
            if (!_sandboxes.TryGetValue(sandboxId, out var home))
                throw new RuntimeException(RuntimeErrorCode.NotFound, $"failed to find sandbox id \"{sandboxId}\": an error occurred when try to find sandbox: not found");
            if (home.Summary.State != SandboxState.Ready)
                throw new RuntimeException(RuntimeErrorCode.Unknown, $"sandbox container \"{sandboxId}\" is not running");
            var image = FindImage(config.Image)
                ?? throw new RuntimeException(RuntimeErrorCode.NotFound, $"failed to create containerd container: get container image: image \"{config.Image}\": not found");
            var name = $"{config.Name}_{home.Config.Metadata.Name}_{home.Config.Metadata.Namespace}_{home.Config.Metadata.Uid}_{config.Attempt}";
            if (_containers.Values.FirstOrDefault(c => c.SandboxId == sandboxId && c.Config.Name == config.Name && c.Config.Attempt == config.Attempt) is { } taken)
                throw new RuntimeException(RuntimeErrorCode.Unknown, $"failed to reserve container name \"{name}\": name \"{name}\" is reserved for \"{taken.Id}\"");
            var container = new SimulatedContainer(NewId(), sandboxId, config, home.Config, image.Id, time.GetUtcNow());
            _containers.Add(container.Id, container);
            Publish(RuntimeEventType.Created, container.Id, sandboxId);
            return Task.FromResult(container.Id);
        }
    }

    public async Task StartContainerAsync(string containerId, CancellationToken ct)
    {
        await DelayAsync(_simulation.StartTime, ct);
        lock (_lock)
        {
            var container = Find(containerId);
            if (container.State != ContainerState.Created)
                throw new RuntimeException(RuntimeErrorCode.Unknown, $"failed to set starting state for container \"{containerId}\": container is in {StateName(container.State)} state");
            var process = _simulation.Run(container.Config);
            if (process.StartError is { } error)
            {
                container.Fail(error, time.GetUtcNow());
                Publish(RuntimeEventType.Stopped, containerId, container.SandboxId);
                throw new RuntimeException(RuntimeErrorCode.Unknown, error);
            }
            container.Start(process, time.GetUtcNow());
            Publish(RuntimeEventType.Started, containerId, container.SandboxId);
            if (process.RunsFor is { } duration) EndAfter(container, duration, process);
        }
    }

    public async Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken ct)
    {
        SimulatedContainer? container;
        lock (_lock)
        {
            if (!_containers.TryGetValue(containerId, out container) || container.State == ContainerState.Exited) return;
            if (container.State == ContainerState.Running && grace > TimeSpan.Zero && container.Process!.ExitCodeOnStop is { } code) End(container, code);
        }
        if (container.State == ContainerState.Running && grace > TimeSpan.Zero) await Task.WhenAny(container.Ended, Task.Delay(grace, time, ct));
        ct.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (container.State == ContainerState.Running) End(container, 137);
        }
    }

    public Task RemoveContainerAsync(string containerId, CancellationToken ct)
    {
        lock (_lock)
        {
            if (_containers.TryGetValue(containerId, out var container)) Remove(container);
        }
        return Task.CompletedTask;
    }

    public Task<ContainerStatus?> GetContainerAsync(string containerId, CancellationToken ct)
    {
        lock (_lock)
        {
            return Task.FromResult(_containers.TryGetValue(containerId, out var container) ? Described(container) : null);
        }
    }

    public Task<IReadOnlyList<ContainerSummary>> ListContainersAsync(ContainerFilter? filter, CancellationToken ct)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<ContainerSummary>>([.. Select(filter).Select(c => c.Summarize())]);
        }
    }

    public Task UpdateContainerResourcesAsync(string containerId, LinuxResources resources, CancellationToken ct)
    {
        lock (_lock) Find(containerId);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<ContainerStats>> ListContainerStatsAsync(ContainerFilter? filter, CancellationToken ct)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<ContainerStats>>([.. Select(filter).Where(c => c.State == ContainerState.Running)
                .Select(c => new ContainerStats(c.Id, c.Config.Name, c.Config.Labels, time.GetUtcNow(), 0, 0, 0))]);
        }
    }

    public Task ReopenContainerLogAsync(string containerId, CancellationToken ct)
    {
        lock (_lock) Running(containerId);
        return Task.CompletedTask;
    }

    public async Task<ExecResult> ExecSyncAsync(string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken ct)
    {
        var process = Exec(containerId, command, ReadOnlyMemory<byte>.Empty);
        var endless = process.RunsFor is null || (timeout > TimeSpan.Zero && process.RunsFor > timeout);
        if (endless && timeout <= TimeSpan.Zero) await Task.Delay(Timeout.InfiniteTimeSpan, time, ct);
        await DelayAsync(endless ? timeout : process.RunsFor!.Value, ct);
        if (endless)
            throw new RuntimeException(RuntimeErrorCode.DeadlineExceeded, $"failed to exec in container: timeout {GoDuration.Format(timeout)} exceeded: context deadline exceeded");
        return new ExecResult(process.ExitCode, Encoding.UTF8.GetBytes(process.Stdout), Encoding.UTF8.GetBytes(process.Stderr));
    }

    public async Task<int> ExecAsync(string containerId, IReadOnlyList<string> command, ExecStreams streams, CancellationToken ct)
    {
        lock (_lock) Running(containerId);
        using var stdin = new MemoryStream();
        if (streams.Stdin is { } input) await input.CopyToAsync(stdin, ct);
        var process = Exec(containerId, command, stdin.GetBuffer().AsMemory(0, (int)stdin.Length));
        if (streams.Stdout is { } stdout) await stdout.WriteAsync(Encoding.UTF8.GetBytes(process.Stdout + (streams.Tty ? process.Stderr : "")), ct);
        if (streams is { Stderr: { } stderr, Tty: false }) await stderr.WriteAsync(Encoding.UTF8.GetBytes(process.Stderr), ct);
        await Task.Delay(process.RunsFor ?? Timeout.InfiniteTimeSpan, time, ct);
        return process.ExitCode;
    }

    /// <summary>The container's process ends at once, as if it had crashed or the node's administrator had killed it.</summary>
    public void KillContainer(string containerId, int exitCode = 137)
    {
        lock (_lock)
        {
            if (_containers.TryGetValue(containerId, out var container) && container.State == ContainerState.Running) End(container, exitCode);
        }
    }

    private SimulatedProcess Exec(string containerId, IReadOnlyList<string> command, ReadOnlyMemory<byte> stdin)
    {
        lock (_lock) return _simulation.Exec(Running(containerId).Config, command, stdin);
    }

    private void EndAfter(SimulatedContainer container, TimeSpan duration, SimulatedProcess process)
    {
        var code = process.OutOfMemory ? 137 : process.ExitCode;
        if (duration <= TimeSpan.Zero) End(container, code, process.OutOfMemory);
        else container.Timer = time.CreateTimer(_ => { lock (_lock) if (container.State == ContainerState.Running) End(container, code, process.OutOfMemory); }, null, duration, Timeout.InfiniteTimeSpan);
    }

    private void End(SimulatedContainer container, int exitCode, bool outOfMemory = false)
    {
        container.End(exitCode, time.GetUtcNow());
        Publish(RuntimeEventType.Stopped, container.Id, container.SandboxId);
        // As containerd at its worst: the reason is told after the end.
        if (outOfMemory) container.Timer = time.CreateTimer(_ => TellOutOfMemory(container), null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private void TellOutOfMemory(SimulatedContainer container)
    {
        lock (_lock)
        {
            container.WasOutOfMemory();
            Publish(RuntimeEventType.OutOfMemory, container.Id, container.SandboxId);
        }
    }

    private void Remove(SimulatedContainer container)
    {
        if (container.State == ContainerState.Running) End(container, 137);
        container.Dispose();
        _containers.Remove(container.Id);
        Publish(RuntimeEventType.Deleted, container.Id, container.SandboxId);
    }

    private SimulatedContainer Find(string id) => _containers.TryGetValue(id, out var container)
        ? container
        : throw new RuntimeException(RuntimeErrorCode.NotFound, $"an error occurred when try to find container \"{id}\": not found");

    private SimulatedContainer Running(string id)
    {
        var container = Find(id);
        return container.State == ContainerState.Running ? container : throw new RuntimeException(RuntimeErrorCode.Unknown, $"container is in {StateName(container.State)} state");
    }

    private IEnumerable<SimulatedContainer> Select(ContainerFilter? filter) => _containers.Values.Where(c =>
        (filter?.Id is null || c.Id == filter.Id) && (filter?.SandboxId is null || c.SandboxId == filter.SandboxId)
        && (filter?.State is null || c.State == filter.State) && Matches(filter?.Labels, c.Config.Labels));

    private static string StateName(ContainerState state) => $"CONTAINER_{state.ToString().ToUpperInvariant()}";
}
