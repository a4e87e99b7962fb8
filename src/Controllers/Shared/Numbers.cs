using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Counts as objects carry them.</summary>
internal static class Numbers
{
    /// <summary>Null for 0: status counters that the wire omits when they are zero.</summary>
    public static int? OrNull(int value) => value == 0 ? null : value;

    /// <summary>A count, or a percentage of <paramref name="total"/>; 0 when not given.</summary>
    public static int Resolve(IntOrString? value, int total, bool roundUp) => value?.ScaledValue(total, roundUp) ?? 0;
}
