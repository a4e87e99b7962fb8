using System.Globalization;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Counts as objects carry them.</summary>
internal static class Numbers
{
    /// <summary>Null for 0: status counters that the wire omits when they are zero.</summary>
    public static int? OrNull(int value) => value == 0 ? null : value;

    /// <summary>A count, or a percentage of <paramref name="total"/>.</summary>
    public static int Resolve(IntOrString? value, int total, bool roundUp)
    {
        var text = value?.Value;
        if (string.IsNullOrEmpty(text)) return 0;
        if (!text.EndsWith('%')) return int.Parse(text, CultureInfo.InvariantCulture);
        var share = int.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture) * (long)total;
        return (int)((share + (roundUp ? 99 : 0)) / 100);
    }
}
