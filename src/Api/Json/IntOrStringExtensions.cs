using System.Globalization;
using k8s.Models;

namespace Coxswain.Api;

public static class IntOrStringExtensions
{
    /// <summary>The number, when it was written as one: <c>80</c>, not <c>"80"</c>.</summary>
    public static bool TryGetInt(this IntOrString value, out int number)
    {
        number = 0;
        return value is not IntOrStringConverter.DigitString && int.TryParse(value.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>The text of a name or percentage, or null for a number.</summary>
    public static string? GetString(this IntOrString value) => value.TryGetInt(out _) ? null : value.Value ?? "";

    /// <summary>A count, or a percentage of <paramref name="total"/>; null when the text is neither.</summary>
    public static int? ScaledValue(this IntOrString value, int total, bool roundUp)
    {
        if (value.TryGetInt(out var number)) return number;
        if (value.Value is not [.. var digits, '%'] || !int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var percent)) return null;
        var scaled = percent * (double)total / 100;
        return (int)(roundUp ? Math.Ceiling(scaled) : Math.Floor(scaled));
    }
}
