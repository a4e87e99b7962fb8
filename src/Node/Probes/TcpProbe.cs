using System.Net.Sockets;

namespace Coxswain.Node.Probes;

/// <summary>Success is a connection that opens.</summary>
internal static class TcpProbe
{
    public static async Task<ProbeOutcome> RunAsync(string host, int port, TimeSpan timeout, TimeProvider time, CancellationToken ct)
    {
        var address = GoNetErrors.Address(host, port);
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, both.Token);
            return ProbeOutcome.Success;
        }
        catch (SocketException e)
        {
            return ProbeOutcome.Failure(GoNetErrors.Dial(address, e));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ProbeOutcome.Failure($"dial tcp {address}: i/o timeout");
        }
    }
}
