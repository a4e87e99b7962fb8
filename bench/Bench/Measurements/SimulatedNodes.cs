using System.Text.Json;
using Coxswain.Bench.Cluster;
using Coxswain.Bench.Load;

namespace Coxswain.Bench.Measurements;

/// <summary>A cluster of its own with nodes that are objects only: controllers and scheduler work as ever, and Pods stay where they are bound.</summary>
internal sealed class SimulatedNodes : IAsyncDisposable
{
    private const int ClientCount = 16;
    private static readonly TimeSpan UntaintLimit = TimeSpan.FromSeconds(30);

    private readonly CoxCluster _cluster;
    private readonly int _count;

    private SimulatedNodes(CoxCluster cluster, BenchOptions options, int count)
    {
        (_cluster, _count) = (cluster, count);
        Clients = new ApiClients(cluster.Config, options.Http, ClientCount);
    }

    public ApiClients Clients { get; }
    public ApiConnection Api => Clients.First;

    /// <summary>Returns when the scheduler may use all of them.</summary>
    public static async Task<SimulatedNodes> StartAsync(BenchContext context, int count, CancellationToken ct)
    {
        var nodes = new SimulatedNodes(await CoxCluster.StartAsync(context.Options.Cox, context.NewDirectory("n"), ct), context.Options, count);
        try
        {
            await LoadRunner.RunAsync(nodes.Clients, count, i => Call.Post("/api/v1/nodes", Bodies.Node(NameOf(i))), ct);
            await nodes.BeatAsync(ct);
            await nodes.AwaitUntaintedAsync(ct);
            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>A heartbeat of each; they count as lost some 50 s after the last.</summary>
    public async Task BeatAsync(CancellationToken ct)
    {
        var beat = Bodies.NodeBeat();
        await LoadRunner.RunAsync(Clients, _count, i => Call.Patch($"/api/v1/nodes/{NameOf(i)}/status", beat), ct);
    }

    public async ValueTask DisposeAsync()
    {
        Clients.Dispose();
        await _cluster.DisposeAsync();
    }

    /// <summary>A new Node is tainted until the node controller has seen that it is Ready.</summary>
    private async Task AwaitUntaintedAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(UntaintLimit);
        var usable = new HashSet<string>();
        try
        {
            using var watching = await Watching.OpenAsync(Api, $"/api/v1/nodes?watch=1&labelSelector={Bodies.Simulated}%3Dtrue", limit.Token);
            await foreach (var line in watching.LinesAsync(limit.Token))
            {
                using var json = JsonDocument.Parse(line);
                var node = json.RootElement.GetProperty("object");
                var tainted = node.TryGetProperty("spec", out var spec) && spec.TryGetProperty("taints", out var taints) && taints.GetArrayLength() > 0;
                if (!tainted) usable.Add(node.GetProperty("metadata").GetProperty("name").GetString()!);
                if (usable.Count == _count) return;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) { } // too late, said below
        throw new InvalidOperationException($"only {usable.Count} of {_count} simulated nodes lost their taint within {UntaintLimit.TotalSeconds:0} s");
    }

    private static string NameOf(int number) => $"simulated-{number}";
}
