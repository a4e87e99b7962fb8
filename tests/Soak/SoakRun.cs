using Coxswain.Bench.Cluster;
using Coxswain.Soak.Clusters;
using Coxswain.Soak.Invariants;
using Coxswain.Soak.Load;
using Coxswain.Soak.Reports;

namespace Coxswain.Soak;

/// <summary>One whole run.</summary>
/// <remarks>
/// 1. A disk of its own, and a cluster on it. 2. Its Pods. 3. The load. 4. Rounds of faults, until the time is over. 5. The end of all of
/// it, whatever happened before, and a look at what is left. 6. The report.
/// </remarks>
internal sealed class SoakRun
{
    private const long DiskBytes = 768L << 20;

    private readonly SoakOptions _options;
    private readonly TextWriter _output;
    private readonly Findings _findings;
    private readonly Tally _tally = new();
    private readonly MemoryBounded _memory = new();
    private readonly DateTime _started = DateTime.UtcNow;
    private readonly string _mount, _data;
    private Rounds? _rounds;
    private Prober? _prober;
    private Churn? _churn;

    private SoakRun(SoakOptions options, TextWriter output)
    {
        (_options, _output, _findings) = (options, output, new Findings(output));
        _mount = Path.Combine(options.Work, "disk");
        _data = Path.Combine(_mount, "data");
    }

    /// <returns>Whether nothing was found.</returns>
    public static async Task<bool> RunAsync(SoakOptions options, TextWriter output, CancellationToken ct)
    {
        output = TextWriter.Synchronized(output);
        var minutes = options.Duration.TotalMinutes;
        output.WriteLine($"soak: {minutes:0.##} minutes, seed {options.Seed}, {options.Pods} Pods, {options.Writers} writers");
        Directory.CreateDirectory(options.Out);
        Directory.CreateDirectory(options.Work);
        var run = new SoakRun(options, output);
        await run.RunAsync(ct);
        return run.Report();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        // 1.
        var disk = BoundedDisk.Mount(_mount, DiskBytes);
        await using var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(_options.Out, "server.log"), append: false));
        using var server = new CoxServer(_options.Cox, _data, FreePort.Find(), SoakCluster.NodeName, _findings, log);
        try
        {
            await server.StartAsync(ct);
            if (await Programs.TryAsync(_options.Cox, "image", "import", "--data-dir", _data, _options.Image) is { } said)
                throw new SoakException(said);
            using var cluster = new SoakCluster(_options, server, disk, KubeConfig.Load(Path.Combine(_data, "kubeconfig")), _findings,
                _tally);
            await RunAsync(cluster, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            _output.WriteLine("soak: ended early");
        }
        catch (SoakException e)
        {
            _findings.Add(Invariant.Recovery, e.Message);
        }
        catch (Exception e) // boundary: what was found until then is reported, and everything is taken away
        {
            _findings.Add(Invariant.Recovery, $"the soak itself failed: {e}");
        }
        finally
        {
            // 5.
            disk.Free();
            await EndAsync(server, disk);
        }
    }

    private async Task RunAsync(SoakCluster cluster, CancellationToken ct)
    {
        // 2.
        string[] names = [SoakCluster.LoadNamespace, SoakCluster.PodNamespace, SoakCluster.HostileNamespace, Churn.Namespace];
        foreach (var name in names)
        {
            var body = $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{name}}}"}}""";
            await cluster.MustAsync(HttpMethod.Post, "/api/v1/namespaces", body, ct);
        }
        await cluster.Workload.CreateAsync(ct);
        _output.WriteLine($"soak: {cluster.Workload.Expected.Count} Pods run");

        // 3.
        var pileUp = new NothingPilesUp(cluster);
        await using var load = new LoadSet(cluster);
        (_prober, _churn) = (load.Prober, load.Churn);

        // 4.
        _rounds = new Rounds(cluster, [new NothingLost(load.Watchers), _memory, pileUp], _output);
        await _rounds.RunAsync(load.CheckAsync, ct);
    }

    private async Task EndAsync(CoxServer server, BoundedDisk disk)
    {
        _findings.Begin(_rounds?.Results.Count + 1 ?? 0, "end");
        _memory.CheckGrowth(_findings);
        var left = new LeftBehind(_data);
        server.Ending(); // the next commands end it
        foreach (var verb in (string[])["down", "reset"])
        {
            if (await Programs.TryAsync(_options.Cox, verb, "--data-dir", _data) is { } said) _findings.Add(Invariant.LeftBehind, said);
            await left.CheckAsync(_findings, verb);
        }
        left.CheckDirectory(_findings);
        await server.KillAsync();
        if (disk.Unmount() is { } busy) _findings.Add(Invariant.LeftBehind, $"after reset the disk is in use: {busy}");
        Directory.Delete(_options.Work, recursive: true);
    }

    // 6.
    private bool Report()
    {
        var rounds = _rounds?.Results ?? [];
        var invariants = Invariant.All.ToDictionary(i => i, _findings.CountOf);
        var (badRounds, badInvariants) = (rounds.Count(r => r.Findings > 0), invariants.Count(i => i.Value > 0));
        var times = _prober?.Times ?? [];
        var report = new SoakReport
        {
            Started = _started,
            Minutes = Math.Round((DateTime.UtcNow - _started).TotalMinutes, 1),
            Seed = _options.Seed,
            Rounds = rounds.Count,
            Faults = FaultSummary.Of(rounds),
            AcknowledgedWrites = _tally.Acknowledged,
            LostWrites = invariants[Invariant.Writes],
            WatchEvents = _tally.WatchEvents,
            WatchListings = _tally.WatchListings,
            ShortLivedPods = _churn?.Done ?? 0,
            BystandersDisturbed = invariants[Invariant.Bystanders],
            Requests = _tally.Requests + _tally.Reads,
            HostileRequests = _tally.Hostile,
            ServerErrors = _tally.ServerErrors,
            UnexplainedErrors = invariants[Invariant.Errors],
            Unanswered = _tally.Dropped,
            Reads = _tally.Reads,
            ReadMedianMs = Percentiles.Of(times, 0.5) ?? 0,
            ReadP99Ms = Percentiles.Of(times, 0.99) ?? 0,
            ReadMaxMs = Percentiles.Of(times, 1) ?? 0,
            ResidentFirst = _memory.First,
            ResidentPeak = _memory.Peak,
            ResidentLast = _memory.Last,
            Invariants = invariants,
            Findings = _findings.All,
            Passed = rounds.Count - badRounds + invariants.Count - badInvariants,
            Failed = badRounds + badInvariants,
        };
        ReportWriter.WriteTable(report, _output);
        _output.WriteLine($"\nreport: {ReportWriter.WriteJson(report,
            _options.Out)}; the server's log: {Path.Combine(_options.Out, "server.log")}");
        _output.WriteLine($"{report.Passed} passed, {report.Failed} failed");
        return report.Failed == 0;
    }
}
