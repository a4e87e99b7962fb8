using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Faults;

/// <summary>
/// The server is killed and the next is started on a full disk: it runs, or says in one line why it does not; once there is room it starts.
/// </summary>
internal sealed class StartedOnFullDisk : IFault
{
    public string Name => "started-on-full-disk";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        await cluster.Server.KillAsync();
        cluster.RefusalsExpected = true;
        StartResult result;
        try
        {
            cluster.Disk.Fill();
            result = await cluster.Server.TryStartAsync(ct, seconds: 30);
            Check(cluster, result);
        }
        finally
        {
            cluster.Disk.Free();
        }
        var refused = result.ExitCode is { } code ? $"the start was refused with {code}" : "the start waited";
        var hit = new Hit(result.Ready ? "it started" : refused);
        if (result.Ready) return hit;
        await cluster.Server.KillAsync(); // one that waits for room may not have noticed it yet
        await cluster.Server.StartAsync(ct);
        return hit;
    }

    public async Task RecoverAsync(SoakCluster cluster, Hit hit, CancellationToken ct)
    {
        await Recovery.WaitAsync(cluster, hit, ct);
        cluster.RefusalsExpected = false;
    }

    private static void Check(SoakCluster cluster, StartResult result)
    {
        if (result.Ready || result.ExitCode is null) return;
        var last = result.Said.Trim().Split('\n')[^1];
        var clear = result.ExitCode == 1 && last.StartsWith("cox: ", StringComparison.Ordinal)
            && (last.Contains("space", StringComparison.OrdinalIgnoreCase) || last.Contains("full", StringComparison.OrdinalIgnoreCase));
        if (!clear) cluster.Findings.Add(Invariant.DiskFull, $"a start on a full disk {result.Describe()}");
    }
}
