using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Coxswain;

/// <summary>The address under which this machine is a node.</summary>
internal static class HostAddress
{
    /// <summary>The first IPv4 address of an interface that is up, preferring one with a gateway; loopback on a machine without a network.</summary>
    public static IPAddress Find() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback && !i.Name.StartsWith("cox-", StringComparison.Ordinal) && !i.Name.StartsWith("veth", StringComparison.Ordinal))
        .Select(i => i.GetIPProperties())
        .OrderByDescending(p => p.GatewayAddresses.Count > 0)
        .SelectMany(p => p.UnicastAddresses)
        .Select(a => a.Address)
        .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a)) ?? IPAddress.Loopback;
}
