using System.Globalization;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>Reads what may be a number or a text: ports, counts, percentages.</summary>
public static class IntOrStringExtensions
{
    /// <summary>The number, when it was written as one: <c>80</c>, not <c>"80"</c>.</summary>
    public static bool TryGetInt(this IntOrString value, out int number)
    {
        number = 0;
        return value is not IntOrStringConverter.DigitString && int.TryParse(value.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>A count, or a percentage of <paramref name="total"/>, both zero or more; null when the text is neither.</summary>
    public static int? ScaledValue(this IntOrString value, int total, bool roundUp)
    {
        if (value.TryGetInt(out var number)) return number;
        if (value.Value is not [.. var digits, '%'] || !int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var percent)) return null;
        return (int)((percent * (long)total + (roundUp ? 99 : 0)) / 100);
    }
}
