using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Coxswain.Node.Probes;

/// <summary>Network failures in the words that users of Kubernetes know: those of Go's net package.</summary>
internal static class GoNetErrors
{
    public static string Dial(string address, SocketException e) => e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain
        ? $"dial tcp: lookup {address[..address.LastIndexOf(':')]}: no such host"
        : $"dial tcp {address}: connect: {Reason(e)}";

    /// <param name="local">Our end of the connection; null when there was none.</param>
    public static string Http(HttpRequestException e, string address, IPEndPoint? local)
    {
        var socket = e.InnerException as SocketException ?? e.InnerException?.InnerException as SocketException;
        return (socket, local) switch
        {
            ({ } failure, null) => Dial(address, failure),
            ({ } failure, _) => $"read tcp {Address(Plain(local).ToString(), local.Port)}->{address}: read: {Reason(failure)}",
            _ when e.InnerException is AuthenticationException => "http: server gave HTTP response to HTTPS client",
            _ => e.HttpRequestError == HttpRequestError.ResponseEnded ? "EOF" : e.Message,
        };
    }

    /// <summary><c>10.42.0.3:80</c>, <c>[fd00::3]:80</c>.</summary>
    public static string Address(string host, int port) => IPAddress.TryParse(host, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]:{port}" : $"{host}:{port}";

    private static IPAddress Plain(IPEndPoint end) => end.Address.IsIPv4MappedToIPv6 ? end.Address.MapToIPv4() : end.Address;

    private static string Reason(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.HostUnreachable => "no route to host",
        SocketError.NetworkUnreachable => "network is unreachable",
        SocketError.ConnectionReset => "connection reset by peer",
        SocketError.TimedOut => "connection timed out",
        _ => e.Message.ToLowerInvariant(),
    };
}
