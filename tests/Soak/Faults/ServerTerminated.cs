namespace Coxswain.Soak.Faults;

/// <summary>SIGTERM of <c>cox up</c>, which must then end soon and well, and a new one.</summary>
internal sealed class ServerTerminated : IFault
{
    /// <summary>Two seconds is what is promised; under this load on a busy machine it is given more.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public string Name => "server-terminated";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var hit = new Hit($"server {cluster.Server.Pid}");
        var took = await cluster.Server.TerminateAsync();
        if (took > Limit) cluster.Findings.Add(Invariant.Recovery, $"the server took {Texts.Seconds(took)} s to end after SIGTERM");
        if (cluster.Server.ExitCode != 0)
            cluster.Findings.Add(Invariant.Recovery, $"the server ended with {cluster.Server.ExitCode} after SIGTERM");
        await cluster.Server.StartAsync(ct);
        return hit;
    }
}
