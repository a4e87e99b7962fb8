using System.Globalization;
using System.Text.Json.Nodes;
using Coxswain.Bench.Cluster;
using Coxswain.Soak.Clusters;
using Coxswain.Soak.Load;

namespace Coxswain.Soak;

/// <summary>The cluster that everything is done to, with its load.</summary>
internal sealed class SoakCluster : IDisposable
{
    public const string NodeName = "soak", PodNamespace = "soak-pods", LoadNamespace = "soak", HostileNamespace = "soak-hostile";
    public const string ConfigMaps = $"/api/v1/namespaces/{LoadNamespace}/configmaps";
    /// <summary>The load's own, without what the server keeps in each namespace.</summary>
    public const string Labelled = $"{ConfigMaps}?labelSelector=load%3Dsoak";

    public SoakCluster(SoakOptions options, CoxServer server, BoundedDisk disk, KubeConfig config, Findings findings, Tally tally)
    {
        (Options, Server, Disk, Config, Findings, Tally) = (options, server, disk, config, findings, tally);
        Api = new ApiClient(config, tally);
        Ledger = new Ledger(Enumerable.Range(0,
            options.Writers).SelectMany(w => Enumerable.Range(0, Writer.Objects).Select(n => Writer.NameOf(w, n))).Append(Marker.Name));
        Processes = new NodeProcesses(server.Directory);
        Workload = new Workload(this, options.Pods);
        Marker = new Marker(this);
        Gate = new PauseGate(options.Writers);
    }

    public SoakOptions Options { get; }
    public CoxServer Server { get; }
    public BoundedDisk Disk { get; }
    /// <summary>Of an administrator; the same over all restarts.</summary>
    public KubeConfig Config { get; }
    public Findings Findings { get; }
    public Tally Tally { get; }
    /// <summary>The main loop's own.</summary>
    public ApiClient Api { get; }
    public Ledger Ledger { get; }
    public NodeProcesses Processes { get; }
    public Workload Workload { get; }
    public Marker Marker { get; }
    /// <summary>Holds the writers.</summary>
    public PauseGate Gate { get; }
    /// <summary>While a fault makes the server refuse writes with 5xx, and rightly.</summary>
    public bool RefusalsExpected { get; set; }

    /// <summary>An answer of 5xx to the load: a finding, unless a fault explains it.</summary>
    public void SawServerError(Answer answer, string what)
    {
        if (Server.IsUp && !RefusalsExpected && answer.Status >= 500) Findings.Add(Invariant.Errors, $"{what}: {answer.Describe()}");
    }

    /// <summary>A request that the run cannot go on without. What is there already, or gone already, is as good.</summary>
    public async Task MustAsync(HttpMethod method, string path, string? body, CancellationToken ct)
    {
        await Waits.UntilAsync(async () =>
        {
            var answer = await Api.SendAsync(method, path, body, ApiClient.JsonType, ct);
            var done = answer.Succeeded || (method == HttpMethod.Post && answer.Status == 409)
                || (method == HttpMethod.Delete && answer.Status == 404);
            return done ? null : $"{method} {path}: {answer.Describe()}";
        }, TimeSpan.FromSeconds(60), ct);
    }

    /// <summary>The load's ConfigMaps as a list shows them, with the list's own revision.</summary>
    public static async Task<(IReadOnlyList<Seen> Shown, long Revision)> ListLoadAsync(ApiClient api, CancellationToken ct)
    {
        var answer = await api.GetAsync(Labelled, ct);
        if (!answer.Succeeded) throw new HttpRequestException($"the list of ConfigMaps: {answer.Describe()}");
        var list = answer.Json;
        return ([.. list["items"]!.AsArray().Select(i => Seen.Of(i!))], RevisionOf(list));
    }

    public static long RevisionOf(JsonNode list) => long.Parse((string)list["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture);

    public void Dispose()
    {
        Api.Dispose();
        Gate.Dispose();
    }
}
