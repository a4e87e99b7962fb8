using Coxswain.Soak.Hostile;

namespace Coxswain.Soak.Faults;

/// <summary>Hundreds of connections at once: some say nothing, some shake hands and say nothing, some ask once. Then all go.</summary>
internal sealed class ManyConnections : IFault
{
    private const int Connections = 400, AtOnce = 16;

    public string Name => "many-connections";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var open = new List<RawConnection>();
        try
        {
            var atOnce = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct };
            await Parallel.ForEachAsync(Enumerable.Range(0, Connections), atOnce, async (i, token) =>
            {
                if (await RawConnection.OpenAsync(cluster, tls: i % 4 == 0, token) is not { } connection) return;
                lock (open) open.Add(connection);
                if (i % 8 == 0) await connection.SendAsync("GET /version HTTP/1.1\r\nHost: x\r\n\r\n", token);
            });
            cluster.Tally.SentHostile(open.Count);
            await Task.Delay(TimeSpan.FromSeconds(random.Next(1, 4)), ct); // the fault itself: they stay this long
            return new Hit($"{open.Count} connections");
        }
        finally
        {
            foreach (var connection in open) connection.Dispose();
        }
    }
}
