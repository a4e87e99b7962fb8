using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Coxswain.Api;

/// <summary>Rules for single values other than names: ports, addresses, environment names, config keys. Answers as <see cref="NameRules"/> does.</summary>
public static class ValueRules
{
    private static readonly string ConfigKeyError = NameRules.Pattern(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'", "[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name");
    private static readonly string HeaderError = NameRules.Pattern(
        "a valid HTTP header must consist of alphanumeric characters or '-'", "[-A-Za-z0-9]+", "X-Header-Name");
    private static readonly string PercentError = NameRules.Pattern(
        "a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%", "1%", "93%");

    public static string Between(long low, long high) => $"must be between {low} and {high}, inclusive";

    public static IReadOnlyList<string> PortNumber(long port) => port is >= 1 and <= 65535 ? [] : [Between(1, 65535)];

    /// <summary>An IANA service name: what container and Service ports are called.</summary>
    public static IReadOnlyList<string> PortName(string name)
    {
        var errors = new List<string>();
        if (NameRules.Utf8Length(name) > 15) errors.Add(NameRules.MaximumText(15));
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(PortNameCharacters)) errors.Add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        if (!name.AsSpan().ContainsAnyInRange('a', 'z')) errors.Add("must contain at least one letter (a-z)");
        if (name.Contains("--", StringComparison.Ordinal)) errors.Add("must not contain consecutive hyphens");
        if (name.Length > 0 && (name[0] == '-' || name[^1] == '-')) errors.Add("must not begin or end with a hyphen");
        return errors;
    }

    private static readonly System.Buffers.SearchValues<char> PortNameCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Any printable ASCII but '=', since v1.34.</summary>
    public static IReadOnlyList<string> EnvironmentName(string name) =>
        name.Length > 0 && !name.AsSpan().ContainsAnyExceptInRange(' ', '~') && !name.Contains('=') ? []
            : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];

    public static IReadOnlyList<string> ConfigKey(string key)
    {
        var errors = new List<string>();
        if (NameRules.Utf8Length(key) > NameRules.SubdomainMaximum) errors.Add(NameRules.MaximumText(NameRules.SubdomainMaximum));
        if (key.Length == 0 || !All(key, c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) errors.Add(ConfigKeyError);
        if (key == ".") errors.Add("must not be '.'");
        else if (key == "..") errors.Add("must not be '..'");
        else if (key.StartsWith("..", StringComparison.Ordinal)) errors.Add("must not start with '..'");
        return errors;
    }

    public static IReadOnlyList<string> HttpHeaderName(string name) => name.Length > 0 && All(name, c => char.IsAsciiLetterOrDigit(c) || c == '-') ? [] : [HeaderError];

    public static IReadOnlyList<string> Percent(string value) =>
        value.Length > 1 && value[^1] == '%' && All(value[..^1], char.IsAsciiDigit) ? [] : [PercentError];

    /// <summary>An address that every reader reads alike: some take a leading zero for octal, some a mapped address for IPv4. Strict since v1.36.</summary>
    public static IReadOnlyList<string> Ip(string value)
    {
        if (ParseIp(value) is not { } ip) return ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"];
        if (HasLeadingZero(value)) return ["must not have leading 0s"];
        return ip.IsIPv4MappedToIPv6 ? ["must not be an IPv4-mapped IPv6 address"] : [];
    }

    /// <summary>A network, not an address with its network: nothing is set beyond the prefix.</summary>
    public static IReadOnlyList<string> Cidr(string value)
    {
        if (!TryParseCidr(value, out var ip, out var length)) return ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"];
        var slash = value.IndexOf('/');
        if (HasLeadingZero(value[..slash]) || (value.Length - slash > 2 && value[slash + 1] == '0')) return ["must not have leading 0s in IP or prefix length"];
        if (ip!.IsIPv4MappedToIPv6) return ["must not have an IPv4-mapped IPv6 address"];
        return IsMasked(ip.GetAddressBytes(), length) ? [] : ["must not have bits set beyond the prefix length"];
    }

    private static bool HasLeadingZero(string ip)
    {
        if (ip.Contains(':')) return false;
        foreach (var octet in ip.Split('.')) if (octet.Length > 1 && octet[0] == '0') return true;
        return false;
    }

    private static bool IsMasked(byte[] address, int length)
    {
        for (var bit = length; bit < address.Length * 8; bit++) if ((address[bit / 8] & (0x80 >> (bit % 8))) != 0) return false;
        return true;
    }

    /// <summary>An address as old fields accept it: octets may have leading zeros, which count as decimal. Null when it is none.</summary>
    public static IPAddress? ParseIp(string? value)
    {
        if (string.IsNullOrEmpty(value)) return null;
        if (!value.Contains(':')) return ParseIpv4(value);
        return !value.Contains('%') && !value.Contains('[') && IPAddress.TryParse(value, out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6 ? v6 : null;
    }

    public static bool TryParseCidr(string value, out IPAddress? address, out int prefixLength)
    {
        (address, prefixLength) = (null, 0);
        var slash = value.IndexOf('/');
        if (slash < 0 || ParseIp(value[..slash]) is not { } ip) return false;
        var bits = value[(slash + 1)..];
        if (bits.Length is 0 or > 3 || !All(bits, char.IsAsciiDigit)) return false;
        prefixLength = int.Parse(bits, CultureInfo.InvariantCulture);
        address = ip;
        return prefixLength <= (ip.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }

    private static IPAddress? ParseIpv4(string value)
    {
        Span<byte> octets = stackalloc byte[4];
        var parts = value.Split('.');
        if (parts.Length != 4) return null;
        for (var i = 0; i < 4; i++)
        {
            if (!All(parts[i], char.IsAsciiDigit) || !byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out octets[i])) return null;
        }
        return new IPAddress(octets);
    }

    private static bool All(string value, Func<char, bool> predicate)
    {
        foreach (var c in value) if (!predicate(c)) return false;
        return true;
    }
}
