using Coxswain.Node.Runtime;

namespace Coxswain.Node.Pods;

/// <summary>What the runtime shows of one Pod. Immutable: workers swap it whole.</summary>
/// <param name="Sandboxes">Newest first.</param>
/// <param name="Containers">Newest first; of each name several, for every restart one until it is removed.</param>
internal sealed record PodView(IReadOnlyList<SandboxStatus> Sandboxes, IReadOnlyList<ContainerStatus> Containers)
{
    public static PodView Empty { get; } = new([], []);

    public SandboxStatus? Sandbox => Sandboxes.Count > 0 ? Sandboxes[0] : null;
    public SandboxStatus? ReadySandbox => Sandbox is { State: SandboxState.Ready } ready ? ready : null;
    public bool AnyRunning => Containers.Any(c => c.State is ContainerState.Running or ContainerState.Unknown);
    public uint NextSandboxAttempt => Sandboxes.Count == 0 ? 0 : Sandboxes.Max(s => s.Summary.Metadata.Attempt) + 1;

    /// <summary>The newest container of that name.</summary>
    public ContainerStatus? Latest(string name) => Containers.FirstOrDefault(c => c.Name == name);

    /// <summary>The one before the newest.</summary>
    public ContainerStatus? Previous(string name) => Containers.Where(c => c.Name == name).Skip(1).FirstOrDefault();

    public PodView With(SandboxStatus sandbox) => this with
    {
        Sandboxes = [.. Sandboxes.Where(s => s.Id != sandbox.Id).Append(sandbox).OrderByDescending(s => s.Summary.Metadata.Attempt).ThenByDescending(s => s.Summary.CreatedAt)],
    };

    public PodView With(ContainerStatus container) => this with
    {
        Containers = [.. Containers.Where(c => c.Id != container.Id).Append(container).OrderByDescending(c => c.RestartCountOf()).ThenByDescending(c => c.CreatedAt)],
    };

    public PodView Without(string id) => new([.. Sandboxes.Where(s => s.Id != id)], [.. Containers.Where(c => c.Id != id)]);

    /// <summary>Reads it from the runtime: two lists, then one status for each sandbox and container.</summary>
    public static async Task<PodView> ReadAsync(IRuntime runtime, string uid, CancellationToken ct)
    {
        var labels = new Dictionary<string, string> { [PodLabels.PodUid] = uid };
        var sandboxes = runtime.ListSandboxesAsync(new SandboxFilter { Labels = labels }, ct);
        var containers = runtime.ListContainersAsync(new ContainerFilter { Labels = labels }, ct);
        return await ReadAsync(runtime, (await sandboxes).Select(s => s.Id), (await containers).Select(c => c.Id), ct);
    }

    public static async Task<PodView> ReadAsync(IRuntime runtime, IEnumerable<string> sandboxes, IEnumerable<string> containers, CancellationToken ct)
    {
        var view = Empty;
        foreach (var status in await Task.WhenAll(sandboxes.Select(id => runtime.GetSandboxAsync(id, ct))))
            if (status is not null) view = view.With(status);
        foreach (var status in await Task.WhenAll(containers.Select(id => runtime.GetContainerAsync(id, ct))))
            if (status is not null) view = view.With(status);
        return view;
    }
}
