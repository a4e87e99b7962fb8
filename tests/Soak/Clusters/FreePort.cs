using System.Net;
using System.Net.Sockets;

namespace Coxswain.Soak.Clusters;

/// <summary>Ports for servers that are told theirs before they listen.</summary>
internal static class FreePort
{
    /// <summary>
    /// One that is free now, from below those that the kernel gives to outgoing connections: nobody gets it by chance before its server has
    /// it.
    /// </summary>
    public static int Find()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException) { } // taken: another
        }
    }
}
