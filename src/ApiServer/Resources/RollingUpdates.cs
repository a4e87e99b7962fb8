using System.Globalization;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources;

/// <summary><c>maxSurge</c> and <c>maxUnavailable</c>: a number of Pods or a percentage.</summary>
internal static class RollingUpdates
{
    public static void NumberOrPercent(IntOrString? value, FieldPath path, FieldErrors errors)
    {
        if (Number(value) is { } number) Rules.NonNegative(number, path, errors);
        else errors.InvalidAll(path, value!.Value, ValueRules.Percent(value.Value));
    }

    public static void AtMostAll(IntOrString? value, FieldPath path, FieldErrors errors)
    {
        if (PercentOf(value) > 100) errors.Invalid(path, value!.Value, "must not be greater than 100%");
    }

    /// <summary>Zero Pods or zero percent.</summary>
    public static bool IsZero(IntOrString? value) => (PercentOf(value) ?? Number(value) ?? 0) == 0;

    private static int? Number(IntOrString? value) =>
        value?.Value is null ? 0 : value.TryGetInt(out var number) ? number : null;

    private static int? PercentOf(IntOrString? value) =>
        value?.Value is { } text && ValueRules.Percent(text).Count == 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var percent) ? percent : null;
}
