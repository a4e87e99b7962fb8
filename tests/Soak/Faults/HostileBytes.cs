using System.Text;
using Coxswain.Soak.Hostile;

namespace Coxswain.Soak.Faults;

/// <summary>What is no request at all: random bytes before TLS and within it, plain HTTP, broken chunks, broken HTTP/2. Nothing of it makes the server fail.</summary>
internal sealed class HostileBytes : IFault
{
    private const int Connections = 150, AtOnce = 8;
    private const string Start = $"POST /api/v1/namespaces/{SoakCluster.HostileNamespace}/configmaps?dryRun=All HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(1);

    private static readonly string[] Openings =
    [
        Start + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}",
        Start + "Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
        Start + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n",
        Start + "Transfer-Encoding: chunked\r\n\r\n2;a=" + "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" + "\r\n{}{}{}\r\n0\r\n\r\n",
        Start + "Transfer-Encoding: gzip, chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        Start + "Content-Length: -5\r\n\r\n{}",
        Start + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        Start + "Content-Length: 99999999999999999999\r\n\r\n{}",
        Start + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\u001f\u008b\u0000",
        Start + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/9.9\r\nHost: x\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "\r\n\r\n\r\n\r\n", "GET /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \u0000\u0001\r\n\r\n",
        "GET /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nImpersonate-User: \r\nImpersonate-Group: a\r\n\r\n",
        "GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0004\u0001\u0005\u0000\u0000\u0000\u0001abcd",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u00ff\u00ff\u00ff\u0000\u0000\u00ff\u00ff\u00ff\u00ff",
    ];

    public string Name => "hostile-bytes";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        int[] seeds = [.. Enumerable.Range(0, Connections).Select(_ => random.Next())];
        await Parallel.ForEachAsync(seeds, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (seed, token) => await SendAsync(cluster, new Random(seed), token));
        return new Hit($"{Connections} connections");
    }

    private static async Task SendAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        cluster.Tally.SentHostile();
        using var connection = await RawConnection.OpenAsync(cluster, tls: random.Next(3) > 0, ct);
        if (connection is null) return;
        var sent = random.Next(3) == 0 ? RandomBytes(random) : Encoding.Latin1.GetBytes(Openings[random.Next(Openings.Length)]);
        if (random.Next(4) == 0) sent = new Mutator(random).Mutate(sent);
        await connection.SendAsync(sent, ct);
        var said = await connection.ReadAsync(ReadLimit, ct);
        if (said.StartsWith("HTTP/1.1 5", StringComparison.Ordinal) && !said.StartsWith("HTTP/1.1 505 ", StringComparison.Ordinal)) // 505: the version of HTTP is unknown
            cluster.Findings.Add(Invariant.Hostile, $"{Texts.Short(Encoding.Latin1.GetString(sent))} was answered with {said.Split("\r\n")[0]}");
    }

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[random.Next(1, 20_000)];
        random.NextBytes(bytes);
        if (random.Next(2) == 0) (bytes[0], bytes[^1]) = (0x16, 0); // as a TLS handshake begins
        return bytes;
    }
}
