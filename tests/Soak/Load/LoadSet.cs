using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Load;

/// <summary>
/// All that goes on beside the faults: writers, watchers, short-lived Pods, and the client that looks whether it is answered.
/// </summary>
internal sealed class LoadSet : IAsyncDisposable
{
    private const int WatcherCount = 3;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<ApiClient> _clients = [];
    private readonly List<Task> _tasks = [];

    public LoadSet(SoakCluster cluster)
    {
        var options = cluster.Options;
        for (var w = 0; w < options.Writers; w++)
            Run(new Writer(cluster, Client(cluster), cluster.Gate, w, new Random(options.Seed + w)).RunAsync);
        Watchers = [.. Enumerable.Range(0, WatcherCount).Select(i => new Watcher(cluster, Client(cluster), i))];
        foreach (var watcher in Watchers) Run(watcher.RunAsync);
        Churn = new Churn(cluster, Client(cluster));
        Run(Churn.RunAsync);
        Prober = new Prober(cluster, Client(cluster), Client(cluster, newConnections: true), options.Responsive);
        _tasks.Add(Prober.RunAsync(_stop.Token));
    }

    public IReadOnlyList<Watcher> Watchers { get; }
    public Churn Churn { get; }
    public Prober Prober { get; }

    /// <summary>Throws what one of them ended with, if one has.</summary>
    public async Task CheckAsync()
    {
        foreach (var task in _tasks.Where(t => t.IsFaulted)) await task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try { await Task.WhenAll(_tasks); }
        catch (OperationCanceledException) { } // as they were told
        foreach (var client in _clients) client.Dispose();
        _stop.Dispose();
    }

    private void Run(Func<CancellationToken, Task> part) => _tasks.Add(Task.Run(() => part(_stop.Token)));

    private ApiClient Client(SoakCluster cluster, bool newConnections = false)
    {
        _clients.Add(new ApiClient(cluster.Config, cluster.Tally, newConnections));
        return _clients[^1];
    }
}
