using System.Diagnostics;
using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Faults;

/// <summary>
/// The data directory's disk is full for some seconds: writes are refused with an error, reads go on, the health checks tell, and once
/// there is room all works again.
/// </summary>
internal sealed class DiskFull : IFault
{
    private const string Big = $"/api/v1/namespaces/{SoakCluster.HostileNamespace}/configmaps";
    /// <summary>More than any log that was made ready beforehand has room for.</summary>
    private const int MostWrites = 200, WriteBytes = 500_000;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10), NoticeLimit = TimeSpan.FromSeconds(20);

    public string Name => "disk-full";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        cluster.RefusalsExpected = true;
        try
        {
            var writes = await FillUntilRefusedAsync(cluster, ct);
            await ReadsGoOnAsync(cluster, ct);
            foreach (var check in (string[])["/readyz", "/livez"]) await TellsAsync(cluster, check, ct);
            await Task.Delay(TimeSpan.FromSeconds(random.Next(1, 6)), ct); // the fault itself: the disk stays full this long
            await ReadsGoOnAsync(cluster, ct);
            return new Hit($"full; refused after {writes} writes of {WriteBytes / 1000} KB");
        }
        finally
        {
            cluster.Disk.Free();
        }
    }

    public async Task RecoverAsync(SoakCluster cluster, Hit hit, CancellationToken ct)
    {
        await Recovery.WaitAsync(cluster, hit, ct);
        cluster.RefusalsExpected = false;
        await cluster.MustAsync(HttpMethod.Delete, Big, null, ct);
    }

    /// <summary>Fills again before each write: the server itself may give something back.</summary>
    private static async Task<int> FillUntilRefusedAsync(SoakCluster cluster, CancellationToken ct)
    {
        var pad = new string('x', WriteBytes);
        var body = $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"big-"},"data":{"pad":"{{{pad}}}"}}""";
        for (var i = 1; i <= MostWrites; i++)
        {
            cluster.Disk.Fill();
            var clock = Stopwatch.StartNew();
            var answer = await cluster.Api.PostAsync(Big, body, ct);
            if (clock.Elapsed > AnswerLimit)
                cluster.Findings.Add(Invariant.DiskFull, $"a write was answered after {Texts.Seconds(clock.Elapsed)} s");
            if (answer.Succeeded || answer.Status == 429) continue;
            if (answer.Status < 500 || !answer.IsStatus)
                cluster.Findings.Add(Invariant.DiskFull, $"a write was refused with {answer.Describe()}");
            return i;
        }
        cluster.Findings.Add(Invariant.DiskFull, $"{MostWrites} writes of {WriteBytes / 1000} KB were acknowledged on a full disk");
        return MostWrites;
    }

    private static async Task ReadsGoOnAsync(SoakCluster cluster, CancellationToken ct)
    {
        var answer = await cluster.Api.GetAsync(SoakCluster.Labelled, ct);
        if (!answer.Succeeded) cluster.Findings.Add(Invariant.DiskFull, $"a list was answered with {answer.Describe()}");
    }

    private static async Task TellsAsync(SoakCluster cluster, string check, CancellationToken ct)
    {
        try
        {
            await Waits.UntilAsync(HealthyAsync, NoticeLimit, ct);
        }
        catch (SoakException e) { cluster.Findings.Add(Invariant.DiskFull, e.Message); }

        async Task<string?> HealthyAsync() =>
            (await cluster.Api.GetAsync(check, ct)).Status == 200 ? $"{check} says 200 while no write can succeed" : null;
    }
}
