using System.Net.Sockets;
using Coxswain.Api;

namespace Coxswain.ApiServer.Resources;

/// <summary>IPv6 addresses that are valid but not spelt in the one canonical way: what is written and what is read back would differ.</summary>
internal static class AddressWarnings
{
    public static void Ip(string? text, string field, List<string> warnings)
    {
        if (Canonical(text) is { } canonical && canonical != text)
            warnings.Add($"{field}: IPv6 address {GoText.Quote(text!)} should be in RFC 5952 canonical format ({GoText.Quote(canonical)})");
    }

    public static void Cidr(string? text, string field, List<string> warnings)
    {
        if (text?.Split('/') is not [var address, var length] || Canonical(address) is not { } canonical || canonical == address) return;
        warnings.Add($"{field}: IPv6 CIDR value {GoText.Quote(text)} should be in RFC 5952 canonical format ({GoText.Quote($"{canonical}/{length}")})");
    }

    private static string? Canonical(string? text) => ValueRules.ParseIp(text) is { AddressFamily: AddressFamily.InterNetworkV6 } ip ? ip.ToString() : null;
}
