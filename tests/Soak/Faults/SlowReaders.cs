using Coxswain.Soak.Hostile;

namespace Coxswain.Soak.Faults;

/// <summary>Watches and lists that are asked for and never read, while the load goes on.</summary>
internal sealed class SlowReaders : IFault
{
    private const int Watches = 40, Lists = 40;

    public string Name => "slow-readers";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var seconds = random.Next(4, 10);
        var open = new List<RawConnection>();
        try
        {
            for (var i = 0; i < Watches + Lists; i++)
            {
                if (await RawConnection.OpenAsync(cluster, tls: true, ct) is not { } connection) continue;
                open.Add(connection);
                var query = i < Watches ? "?watch=1" : "";
                await connection.SendAsync($"GET {SoakCluster.ConfigMaps}{query} HTTP/1.1\r\nHost: x\r\n\r\n", ct);
            }
            cluster.Tally.SentHostile(open.Count);
            await Task.Delay(TimeSpan.FromSeconds(seconds), ct); // the fault itself: nobody reads
            return new Hit($"{open.Count} connections for {seconds} s");
        }
        finally
        {
            foreach (var connection in open) connection.Dispose();
        }
    }
}
