using Coxswain.Bench.Cluster;
using Coxswain.Bench.Floor;

namespace Coxswain.Bench;

/// <summary>What measurements share: one cluster and one floor server, each started when first asked for.</summary>
internal sealed class BenchContext(BenchOptions options, Table table) : IAsyncDisposable
{
    private CoxCluster? _cluster;
    private FloorProcess? _floor;
    private int _directories;

    public BenchOptions Options => options;
    public Table Table => table;

    /// <summary>A path under the work directory that nobody has used yet.</summary>
    public string NewDirectory(string name) => Path.Combine(options.Work, $"{name}{++_directories}");

    /// <summary>With the busybox image on its node.</summary>
    public async Task<CoxCluster> ClusterAsync(CancellationToken ct)
    {
        if (_cluster is not null) return _cluster;
        _cluster = await CoxCluster.StartAsync(options.Cox, NewDirectory("c"), ct);
        await _cluster.ImportAsync(options.Image, ct);
        return _cluster;
    }

    public async Task<FloorProcess> FloorAsync(CancellationToken ct) => _floor ??= await FloorProcess.StartAsync(NewDirectory("floor"), ct);

    public async Task<ApiClients> ConnectAsync(int clients, CancellationToken ct) => new((await ClusterAsync(ct)).Config, options.Http, clients);

    public async Task<ApiClients> ConnectFloorAsync(int clients, CancellationToken ct) => new((await FloorAsync(ct)).Config, options.Http, clients);

    public int Pick(int quick, int full) => options.Quick ? quick : full;

    public static void Say(string line) => Console.Error.WriteLine($"==> {line}");

    public async ValueTask DisposeAsync()
    {
        if (_floor is not null) await _floor.DisposeAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
    }
}
