using System.Net;
using System.Net.Sockets;
using Coxswain.Api;

namespace Coxswain.ApiServer.Resources.Core.Services;

/// <summary>The addresses of a CIDR by their place in it. Place 0 is the network itself; of very large ranges only the beginning is used.</summary>
internal sealed class AddressRange
{
    private const int MaximumBits = 20;
    private readonly byte[] _network;

    private AddressRange(string cidr, byte[] network, int bits) => (Cidr, _network, Count) = (cidr, network, 1 << Math.Min(bits, MaximumBits));

    public string Cidr { get; }
    /// <summary>How many places there are.</summary>
    public int Count { get; }
    public string Family => _network.Length == 4 ? "IPv4" : "IPv6";
    public const int First = 1;
    /// <summary>In IPv4 the last address is the broadcast address.</summary>
    public int Last => _network.Length == 4 ? Count - 2 : Count - 1;

    /// <exception cref="ArgumentException">No CIDR, or one with too few addresses.</exception>
    public static AddressRange Parse(string cidr)
    {
        if (!ValueRules.TryParseCidr(cidr, out var address, out var prefix)) throw new ArgumentException($"not a range of addresses: {cidr}", nameof(cidr));
        var network = address!.GetAddressBytes();
        for (var bit = prefix; bit < network.Length * 8; bit++) network[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        var bits = (network.Length * 8) - prefix;
        return bits >= 3 ? new AddressRange($"{new IPAddress(network)}/{prefix}", network, bits) : throw new ArgumentException($"too few addresses: {cidr}", nameof(cidr));
    }

    public string this[int place]
    {
        get
        {
            var bytes = (byte[])_network.Clone();
            for (var i = bytes.Length - 1; place > 0; i--, place >>= 8) bytes[i] |= (byte)place;
            return new IPAddress(bytes).ToString();
        }
    }

    /// <summary>Null when the address is of another network.</summary>
    public int? PlaceOf(string address)
    {
        if (ValueRules.ParseIp(address) is not { } ip || (ip.AddressFamily == AddressFamily.InterNetwork) != (_network.Length == 4)) return null;
        var (bytes, place) = (ip.GetAddressBytes(), 0L);
        for (var i = 0; i < bytes.Length; i++)
        {
            place = (place << 8) + (bytes[i] ^ _network[i]);
            if (place >= Count) return null;
        }
        return (int)place;
    }
}
