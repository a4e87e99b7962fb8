using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>How evenly Pods are to be spread.</summary>
internal static class SpreadValidation
{
    public static void Validate(IList<V1TopologySpreadConstraint>? constraints, FieldPath path, FieldErrors errors)
    {
        var last = new Dictionary<(string?, string?), int>(); // of several that are alike, each but the last has a duplicate after it
        for (var i = 0; i < (constraints?.Count ?? 0); i++) last[(constraints![i].TopologyKey, constraints[i].WhenUnsatisfiable)] = i;
        for (var i = 0; i < (constraints?.Count ?? 0); i++)
        {
            var (one, at) = (constraints![i], path.Index(i));
            if (one.MaxSkew <= 0) errors.Invalid(at.Child("maxSkew"), one.MaxSkew, "must be greater than zero");
            if (string.IsNullOrEmpty(one.TopologyKey)) errors.Required(at.Child("topologyKey"), "can not be empty");
            Choice(one.WhenUnsatisfiable ?? "", at.Child("whenUnsatisfiable"), errors, "DoNotSchedule", "ScheduleAnyway");
            if (last[(one.TopologyKey, one.WhenUnsatisfiable)] > i)
            {
                errors.Duplicate(at.Child("{topologyKey, whenUnsatisfiable}"), $"{{{one.TopologyKey}, {one.WhenUnsatisfiable}}}");
            }
            MinDomains(one, at.Child("minDomains"), errors);
            Choice(one.NodeAffinityPolicy, at.Child("nodeAffinityPolicy"), errors, "Honor", "Ignore");
            Choice(one.NodeTaintsPolicy, at.Child("nodeTaintsPolicy"), errors, "Honor", "Ignore");
            Keys(one.MatchLabelKeys, one.LabelSelector, at.Child("matchLabelKeys"), errors);
            LabelRules.Selector(one.LabelSelector, at.Child("labelSelector"), errors);
        }
    }

    /// <summary>Label keys whose values come from the Pod itself; they make sense only beside a selector that does not name them.</summary>
    public static void Keys(IList<string>? keys, V1LabelSelector? selector, FieldPath path, FieldErrors errors)
    {
        if (keys is not { Count: > 0 }) return;
        if (selector is null) errors.Forbidden(path, "must not be specified when labelSelector is not set");
        var named = (selector?.MatchLabels?.Keys ?? []).Concat(selector?.MatchExpressions?.Select(e => e.Key) ?? [])
            .ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < keys.Count; i++)
        {
            if (named.Contains(keys[i])) errors.Invalid(path.Index(i), keys[i], "exists in both matchLabelKeys and labelSelector");
            LabelRules.LabelName(keys[i], path.Index(i), errors);
        }
    }

    private static void MinDomains(V1TopologySpreadConstraint constraint, FieldPath path, FieldErrors errors)
    {
        if (constraint.MinDomains is not { } domains) return;
        if (domains <= 0) errors.Invalid(path, domains, "must be greater than zero");
        if (constraint.WhenUnsatisfiable != "DoNotSchedule") errors.Invalid(path, domains, $"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {constraint.WhenUnsatisfiable}");
    }

    private static void Choice(string? value, FieldPath path, FieldErrors errors, params ReadOnlySpan<string> supported)
    {
        if (value is not null && !supported.Contains(value)) errors.NotSupported(path, value, supported);
    }
}
