using Coxswain.Soak.Hostile;

namespace Coxswain.Soak.Faults;

/// <summary>
/// Requests that stop half way, in their headers or in their bodies, and are held open for some seconds. Fewer than may be in flight:
/// others must get through beside them.
/// </summary>
internal sealed class HalfSentRequests : IFault
{
    private const int Bodies = 100, Headers = 100;

    public string Name => "half-sent-requests";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var seconds = random.Next(3, 8);
        const string Body = $"POST /api/v1/namespaces/{SoakCluster.HostileNamespace}/configmaps?dryRun=All HTTP/1.1\r\nHost: x\r\n"
            + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{\"apiVersion\":";
        const string Header = "GET /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nX-Slow: ";
        var open = new List<RawConnection>();
        try
        {
            for (var i = 0; i < Bodies + Headers; i++)
            {
                if (await RawConnection.OpenAsync(cluster, tls: true, ct) is not { } connection) continue;
                open.Add(connection);
                await connection.SendAsync(i < Bodies ? Body : Header, ct);
            }
            cluster.Tally.SentHostile(open.Count);
            for (var s = 0; s < seconds; s++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), ct); // the fault itself: a byte a second
                foreach (var connection in open) await connection.SendAsync("x", ct);
            }
            return new Hit($"{open.Count} connections for {seconds} s");
        }
        finally
        {
            foreach (var connection in open) connection.Dispose();
        }
    }
}
