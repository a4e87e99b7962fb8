using System.Net;
using Coxswain.Api;

namespace Coxswain.ApiServer.Resources;

/// <summary>Findings that several kinds make alike.</summary>
internal static class Rules
{
    public const string ImmutableText = "field is immutable";
    private const string NegativeText = "must be greater than or equal to 0";

    public static void NonNegative(long? value, FieldPath path, FieldErrors errors)
    {
        if (value < 0) errors.Invalid(path, value.Value, NegativeText);
    }

    /// <summary>A count in a status that may not be more than another one.</summary>
    public static void NotMoreThan(int? value, int? limit, FieldPath path, string text, FieldErrors errors)
    {
        if ((value ?? 0) > (limit ?? 0)) errors.Invalid(path, value ?? 0, text);
    }

    /// <summary>What the counts of replicas in a status have in common: no part is more than the whole, and what is available is ready.</summary>
    /// <param name="part">The kind's own part, by its field's name: those of the newest template, or those with all its labels.</param>
    public static void Parts(int? replicas, (string Name, int? Count) part, int? ready, int? available, FieldPath status, FieldErrors errors)
    {
        const string all = "cannot be greater than status.replicas";
        NotMoreThan(part.Count, replicas, status.Child(part.Name), all, errors);
        NotMoreThan(ready, replicas, status.Child("readyReplicas"), all, errors);
        NotMoreThan(available, replicas, status.Child("availableReplicas"), all, errors);
        NotMoreThan(available, ready, status.Child("availableReplicas"), "cannot be greater than readyReplicas", errors);
    }

    public static void Label(string value, FieldPath path, FieldErrors errors) => errors.InvalidAll(path, value, NameRules.Dns1123Label(value));

    public static void QualifiedName(string value, FieldPath path, FieldErrors errors) => errors.InvalidAll(path, value, NameRules.QualifiedName(value));

    public static void Protocol(string? value, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(value)) errors.Required(path);
        else if (value is not ("TCP" or "UDP" or "SCTP")) errors.NotSupported(path, value, "SCTP", "TCP", "UDP");
    }

    /// <param name="value">As messages show it.</param>
    public static void Immutable(bool same, object? value, FieldPath path, FieldErrors errors)
    {
        if (!same) errors.Invalid(path, value, ImmutableText);
    }

    /// <summary>No address that means something only on the machine itself: traffic sent there would end at the sender.</summary>
    public static void NonSpecialIp(string? value, FieldPath path, FieldErrors errors)
    {
        if (ValueRules.ParseIp(value) is not { } ip)
        {
            errors.Invalid(path, value ?? "", "must be a valid IP address");
            return;
        }
        if (ip.IsIPv4MappedToIPv6) ip = ip.MapToIPv4();
        if (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)) errors.Invalid(path, value, $"may not be unspecified ({value})");
        if (IPAddress.IsLoopback(ip)) errors.Invalid(path, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        var bytes = ip.GetAddressBytes();
        if (ip.IsIPv6LinkLocal || (bytes.Length == 4 && bytes[0] == 169 && bytes[1] == 254)) errors.Invalid(path, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        if ((bytes.Length == 4 && bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0) || (bytes.Length == 16 && bytes[0] == 0xff && (bytes[1] & 0x0f) == 2))
            errors.Invalid(path, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
    }
}
