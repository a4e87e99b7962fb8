using System.Diagnostics;
using Coxswain.Bench.Cluster;
using Coxswain.Soak.Clusters;
using Coxswain.Soak.Invariants;
using Coxswain.Soak.Load;

namespace Coxswain.Soak.Faults;

/// <summary>
/// Kills the server, copies its state, starts the server again, and then starts damaged copies beside it: each in a directory, on a port
/// and under a node name of its own, so that a copy that believes its damaged state can do nothing to the Pods.
/// </summary>
internal sealed class DamagedCopies(SoakCluster cluster, Random random)
{
    private const int Copies = 2;

    /// <param name="end">How much of the file at this path matters; 0 when nothing does.</param>
    public async Task<Hit> TryAsync(string file, Func<string, int> end, CancellationToken ct)
    {
        var sound = Path.Combine(cluster.Options.Work, "sound");
        try
        {
            var (ledger, hit) = await TakeCopyAsync(sound, ct);
            await Recovery.WaitAsync(cluster, hit, ct);
            var recovery = Stopwatch.GetElapsedTime(hit.At);
            var done = new List<string>();
            for (var i = 0; i < Copies; i++) done.Add(await TryOneAsync(sound, ledger, file, end, ct));
            return hit with { Detail = $"{file}: {string.Join("; ", done)}", Recovery = recovery };
        }
        finally
        {
            if (Directory.Exists(sound)) Directory.Delete(sound, recursive: true);
        }
    }

    /// <summary>
    /// The ledger that goes with the copy knows of each write in flight: the writers are held only once the server is dead.
    /// </summary>
    private async Task<(Ledger Ledger, Hit Hit)> TakeCopyAsync(string to, CancellationToken ct)
    {
        await cluster.Server.KillAsync();
        var hit = new Hit("");
        Ledger ledger;
        using (await cluster.Gate.HoldAsync(ct))
        {
            StateFiles.Copy(cluster.Server.Directory, to);
            ledger = cluster.Ledger.Copy();
        }
        await cluster.Server.StartAsync(ct);
        return (ledger, hit);
    }

    private async Task<string> TryOneAsync(string sound, Ledger ledger, string file, Func<string, int> end, CancellationToken ct)
    {
        var directory = Path.Combine(cluster.Options.Work, "copy");
        StateFiles.Copy(sound, directory);
        var path = Path.Combine(directory, file);
        using var server = new CoxServer(cluster.Options.Cox, directory, FreePort.Find(), "copy", cluster.Findings);
        try
        {
            if (end(path) is not (> 0 and var length)) return "nothing in it";
            var done = Damage.Any(path, random, length);
            var before = StateFiles.Fingerprint(StateFiles.Of(directory));
            var result = await server.TryStartAsync(ct);
            if (!result.Ready) return CheckRefusal(result, done, file, before == StateFiles.Fingerprint(StateFiles.Of(directory)));
            await CheckContentAsync(directory, ledger, done, file, ct);
            return $"{done}: started";
        }
        finally
        {
            await server.KillAsync();
            await RemoveAsync(directory);
        }
    }

    private async Task RemoveAsync(string directory)
    {
        var left = new LeftBehind(directory);
        if (await Programs.TryAsync(cluster.Options.Cox, "reset", "--data-dir", directory) is { } said)
            cluster.Findings.Add(Invariant.LeftBehind, said);
        await left.CheckAsync(cluster.Findings, "reset of a damaged copy");
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
    }

    private string CheckRefusal(StartResult result, string done, string file, bool same)
    {
        if (!result.RefusedFor(StateFiles.Database)) cluster.Findings.Add(Invariant.Damage, $"{file} {done}: {result.Describe()}");
        if (!same) cluster.Findings.Add(Invariant.Damage, $"{file} {done}: it was refused, but the files were changed");
        return $"{done}: refused";
    }

    private async Task CheckContentAsync(string directory, Ledger ledger, string done, string file, CancellationToken ct)
    {
        using var api = new ApiClient(KubeConfig.Load(Path.Combine(directory, "kubeconfig")), null);
        var (shown, _) = await SoakCluster.ListLoadAsync(api, ct);
        var wrong = ledger.Check(shown);
        if (wrong.Count == 0) return;
        cluster.Findings.Add(Invariant.Damage,
            $"{file} {done}: it started, with {wrong.Count} acknowledged writes gone or changed, such as {wrong[0]}");
    }
}
