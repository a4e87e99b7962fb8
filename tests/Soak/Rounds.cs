using System.Diagnostics;
using Coxswain.Soak.Faults;
using Coxswain.Soak.Invariants;
using Coxswain.Soak.Reports;

namespace Coxswain.Soak;

/// <summary>
/// One fault after the other until the time is over. After each the cluster must become well, and everything that must hold is checked.
/// </summary>
internal sealed class Rounds(SoakCluster cluster, IReadOnlyList<IInvariant> invariants, TextWriter output)
{
    /// <summary>A cluster that does not become well three times in a row shows nothing more.</summary>
    private const int MostFailures = 3;

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _failures;

    public List<RoundResult> Results { get; } = [];

    public async Task RunAsync(Func<Task> check, CancellationToken ct)
    {
        foreach (var fault in FaultCatalog.Order(cluster.Options.Only, cluster.Options.Seed))
        {
            if (_clock.Elapsed > cluster.Options.Duration || Results.Count == cluster.Options.Rounds || _failures == MostFailures) return;
            await check();
            await RunOneAsync(fault, Results.Count + 1, ct);
        }
    }

    private async Task RunOneAsync(IFault fault, int round, CancellationToken ct)
    {
        cluster.Findings.Begin(round, fault.Name);
        var (detail, recovery) = ("", (TimeSpan?)null);
        try
        {
            var hit = await fault.InjectAsync(cluster, RandomOf(cluster.Options.Seed, round), ct);
            detail = hit.Detail;
            await fault.RecoverAsync(cluster, hit, ct);
            recovery = hit.Recovery ?? Stopwatch.GetElapsedTime(hit.At);
            await BystandersRunOn.CheckAsync(cluster, hit, ct);
            if (hit.Pods.Count > 0) await cluster.Workload.RenewAsync(hit, ct);
            foreach (var invariant in invariants) await invariant.CheckAsync(cluster, ct);
            _failures = 0;
        }
        catch (Exception e) when (e is SoakException or HttpRequestException or TimeoutException)
        {
            cluster.Findings.Add(Invariant.Recovery, e.Message);
            _failures++;
            await RepairAsync(ct);
        }
        Enter(new RoundResult(round, fault.Name, detail, recovery, cluster.Findings.CountIn(round)));
    }

    /// <summary>
    /// The same for the same round of the same seed. Neighbouring seeds must be mixed: the first numbers of <see cref="Random"/> follow its
    /// seed.
    /// </summary>
    private static Random RandomOf(int seed, int round)
    {
        var mixed = (((ulong)(uint)seed << 32) | (uint)round) * 0x9E3779B97F4A7C15;
        return new Random((int)((mixed ^ (mixed >> 29)) >> 16));
    }

    private void Enter(RoundResult result)
    {
        Results.Add(result);
        var told = result.Recovery is { } took ? $"well after {Texts.Seconds(took)} s" : "not well";
        told = $"{told}  {Texts.Short(result.Detail)}";
        var verdict = result.Findings == 0 ? "ok  " : "FAIL";
        output.WriteLine($"{_clock.Elapsed:hh\\:mm\\:ss} {result.Round,4} {result.Fault,-22} {verdict} {told}");
    }

    /// <summary>So that one fault that is not coped with does not spoil all rounds that follow.</summary>
    private async Task RepairAsync(CancellationToken ct)
    {
        try
        {
            cluster.RefusalsExpected = false;
            cluster.Disk.Free();
            await cluster.Server.KillAsync();
            await cluster.Server.StartAsync(ct);
            await cluster.Workload.RepairAsync(ct);
        }
        catch (Exception e) when (e is SoakException or HttpRequestException or TimeoutException)
        {
            cluster.Findings.Add(Invariant.Recovery, $"after a new start: {e.Message}");
        }
    }
}
