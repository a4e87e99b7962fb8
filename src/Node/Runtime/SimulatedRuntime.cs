namespace Coxswain.Node.Runtime;

/// <summary>
/// A runtime that only pretends: everything is in memory, time is <paramref name="time"/>'s, and what containers do is scripted. It starts no thread and costs
/// nothing when idle, so that thousands of simulated nodes fit in one process.
/// </summary>
/// <param name="random">Makes the ids.</param>
public sealed partial class SimulatedRuntime(TimeProvider time, Simulation? simulation = null, Random? random = null) : IRuntime
{
    private readonly Lock _lock = new();
    private readonly Simulation _simulation = simulation ?? new Simulation();
    private readonly Random _random = random ?? Random.Shared;
    private readonly SimulatedEvents _events = new();
    private readonly Dictionary<string, SimulatedSandbox> _sandboxes = [];
    private readonly Dictionary<string, SimulatedContainer> _containers = [];
    private readonly SimulatedAddresses _addresses = new(simulation?.PodCidr ?? new Simulation().PodCidr);

    private sealed class SimulatedSandbox(SandboxSummary summary, SandboxConfig config, string? ip)
    {
        public SandboxSummary Summary { get; set; } = summary;
        public SandboxConfig Config => config;
        public string? Ip { get; set; } = ip;
    }

    public Task<RuntimeVersion> GetVersionAsync(CancellationToken ct) => Task.FromResult(new RuntimeVersion("simulated", "1.0", "v1"));

    public Task<RuntimeStatus> GetStatusAsync(CancellationToken ct) => Task.FromResult(new RuntimeStatus(new RuntimeCondition(true), new RuntimeCondition(true))
    {
        Handlers = [new RuntimeHandler("", _simulation.RecursiveReadOnly, UserNamespaces: false)],
    });

    public Task<CgroupDriver> GetCgroupDriverAsync(CancellationToken ct) => Task.FromResult(_simulation.CgroupDriver);

    public IAsyncEnumerable<RuntimeEvent> WatchAsync(CancellationToken ct) => _events.WatchAsync(ct);

    public async Task<string> RunSandboxAsync(SandboxConfig config, CancellationToken ct)
    {
        await DelayAsync(_simulation.SandboxTime, ct);
        if (_simulation.Sandbox(config) is { } failure) throw failure;
        lock (_lock)
        {
            var (m, taken) = (config.Metadata, _sandboxes.Values.FirstOrDefault(s => s.Summary.Metadata == config.Metadata));
            if (taken is not null)
                throw new RuntimeException(RuntimeErrorCode.Unknown,
                    $"failed to reserve sandbox name \"{m.Name}_{m.Namespace}_{m.Uid}_{m.Attempt}\": name \"{m.Name}_{m.Namespace}_{m.Uid}_{m.Attempt}\" is reserved for \"{taken.Summary.Id}\"");
            var summary = new SandboxSummary
            {
                Id = NewId(), Metadata = m, State = SandboxState.Ready, CreatedAt = time.GetUtcNow(),
                Labels = config.Labels, Annotations = config.Annotations, RuntimeHandler = config.RuntimeHandler,
            };
            var ip = config.Namespaces.Network == NamespaceMode.Node ? null : _addresses.Take();
            _sandboxes.Add(summary.Id, new SimulatedSandbox(summary, config, ip));
            Publish(RuntimeEventType.Created, summary.Id, summary.Id);
            Publish(RuntimeEventType.Started, summary.Id, summary.Id);
            return summary.Id;
        }
    }

    public Task StopSandboxAsync(string sandboxId, CancellationToken ct)
    {
        lock (_lock)
        {
            if (!_sandboxes.TryGetValue(sandboxId, out var sandbox)) return Task.CompletedTask;
            if (_simulation.Stop(sandbox.Summary.Metadata.Name) is { } failure) return Task.FromException(failure);
            Stop(sandbox);
        }
        return Task.CompletedTask;
    }

    public Task RemoveSandboxAsync(string sandboxId, CancellationToken ct)
    {
        lock (_lock)
        {
            if (!_sandboxes.TryGetValue(sandboxId, out var sandbox)) return Task.CompletedTask;
            Stop(sandbox);
            foreach (var container in _containers.Values.Where(c => c.SandboxId == sandboxId).ToList()) Remove(container);
            _sandboxes.Remove(sandboxId);
            Publish(RuntimeEventType.Deleted, sandboxId, sandboxId);
        }
        return Task.CompletedTask;
    }

    public Task<SandboxStatus?> GetSandboxAsync(string sandboxId, CancellationToken ct)
    {
        lock (_lock)
        {
            return Task.FromResult(_sandboxes.TryGetValue(sandboxId, out var s)
                ? new SandboxStatus(s.Summary, s.Ip is null ? [] : [s.Ip], s.Config.Namespaces)
                : null);
        }
    }

    public Task<IReadOnlyList<SandboxSummary>> ListSandboxesAsync(SandboxFilter? filter, CancellationToken ct)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<SandboxSummary>>([.. _sandboxes.Values.Select(s => s.Summary).Where(s =>
                (filter?.Id is null || s.Id == filter.Id) && (filter?.State is null || s.State == filter.State) && Matches(filter?.Labels, s.Labels))]);
        }
    }

    public ValueTask DisposeAsync()
    {
        _events.Complete();
        lock (_lock)
        {
            foreach (var container in _containers.Values) container.Dispose();
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>The sandbox's own process dies, as when someone kills the pause process: its containers live on without a home.</summary>
    public void KillSandbox(string sandboxId)
    {
        lock (_lock)
        {
            if (!_sandboxes.TryGetValue(sandboxId, out var sandbox) || sandbox.Summary.State == SandboxState.NotReady) return;
            sandbox.Summary = sandbox.Summary with { State = SandboxState.NotReady };
            Publish(RuntimeEventType.Stopped, sandboxId, sandboxId);
        }
    }

    private void Stop(SimulatedSandbox sandbox)
    {
        foreach (var container in _containers.Values.Where(c => c.SandboxId == sandbox.Summary.Id && c.State == ContainerState.Running)) End(container, 137);
        if (sandbox.Ip is { } ip) _addresses.Return(ip);
        sandbox.Ip = null;
        if (sandbox.Summary.State == SandboxState.NotReady) return;
        sandbox.Summary = sandbox.Summary with { State = SandboxState.NotReady };
        Publish(RuntimeEventType.Stopped, sandbox.Summary.Id, sandbox.Summary.Id);
    }

    private void Publish(RuntimeEventType type, string id, string? sandboxId) => _events.Publish(new RuntimeEvent(type, id, sandboxId));

    private string NewId() => _random.GetHexString(64, lowercase: true);

    private Task DelayAsync(TimeSpan delay, CancellationToken ct) => delay > TimeSpan.Zero ? Task.Delay(delay, time, ct) : Task.CompletedTask;

    private static bool Matches(IReadOnlyDictionary<string, string>? wanted, IReadOnlyDictionary<string, string> labels) =>
        wanted is null || wanted.All(w => labels.TryGetValue(w.Key, out var value) && value == w.Value);
}
