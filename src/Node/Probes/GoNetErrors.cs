using System.Net;
using System.Net.Sockets;

namespace Coxswain.Node.Probes;

/// <summary>Network failures in the words that users of Kubernetes know: those of Go's net package.</summary>
internal static class GoNetErrors
{
    public static string Dial(string address, SocketException e) => $"dial tcp {address}: {Reason(e)}";

    private static string Reason(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connect: connection refused",
        SocketError.HostUnreachable => "connect: no route to host",
        SocketError.NetworkUnreachable => "connect: network is unreachable",
        SocketError.ConnectionReset => "connect: connection reset by peer",
        SocketError.TimedOut => "connect: connection timed out",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "lookup: no such host",
        _ => $"connect: {e.Message.ToLowerInvariant()}",
    };

    /// <summary><c>10.42.0.3:80</c>, <c>[fd00::3]:80</c>.</summary>
    public static string Address(string host, int port) => IPAddress.TryParse(host, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]:{port}" : $"{host}:{port}";
}
