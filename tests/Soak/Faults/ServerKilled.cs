namespace Coxswain.Soak.Faults;

/// <summary>SIGKILL of <c>cox up</c>, and a new one.</summary>
internal sealed class ServerKilled : IFault
{
    public string Name => "server-killed";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var pid = cluster.Server.Pid;
        await cluster.Server.KillAsync();
        var hit = new Hit($"server {pid}");
        await cluster.Server.StartAsync(ct);
        return hit;
    }
}
