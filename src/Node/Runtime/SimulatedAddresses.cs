using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Coxswain.Node.Runtime;

/// <summary>Gives out the addresses of an IPv4 range in a ring, so that one just given back rests before it is used again.</summary>
internal sealed class SimulatedAddresses
{
    private readonly uint _first, _count;
    private readonly HashSet<uint> _taken = [];
    private uint _next;

    /// <param name="cidr">Its first address stays free, for the bridge there would be.</param>
    public SimulatedAddresses(string cidr)
    {
        var slash = cidr.IndexOf('/', StringComparison.Ordinal);
        var bits = int.Parse(cidr[(slash + 1)..], CultureInfo.InvariantCulture);
        _first = ToNumber(IPAddress.Parse(cidr[..slash])) + 2;
        _count = (uint)(1L << (32 - bits)) - 3;
    }

    public string Take()
    {
        for (uint tried = 0; tried < _count; tried++)
        {
            var candidate = _first + _next;
            _next = (_next + 1) % _count;
            if (_taken.Add(candidate)) return ToText(candidate);
        }
        throw new RuntimeException(RuntimeErrorCode.Unknown, "failed to setup network for sandbox: no IP addresses available in range set");
    }

    public void Return(string ip) => _taken.Remove(ToNumber(IPAddress.Parse(ip)));

    private static uint ToNumber(IPAddress ip) => BinaryPrimitives.ReadUInt32BigEndian(ip.GetAddressBytes());

    private static string ToText(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes).ToString();
    }
}
