using k8s.Models;

namespace Coxswain.Api;

/// <summary>Checks label and annotation maps and label selectors, with upstream's texts.</summary>
public static class LabelRules
{
    private const int TotalAnnotationBytes = 256 * 1024;

    public static void Labels(IDictionary<string, string>? labels, FieldPath path, FieldErrors errors)
    {
        if (labels is null) return;
        foreach (var (key, value) in labels.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            LabelName(key, path, errors);
            errors.InvalidAll(path, value, NameRules.LabelValue(value ?? ""));
        }
    }

    public static void LabelName(string name, FieldPath path, FieldErrors errors) => errors.InvalidAll(path, name, NameRules.QualifiedName(name));

    public static void Annotations(IDictionary<string, string>? annotations, FieldPath path, FieldErrors errors)
    {
        if (annotations is null) return;
        long total = 0;
        foreach (var (key, value) in annotations.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            // Keys are compared in lower case: old ones were written in either.
            errors.InvalidAll(path, key, NameRules.QualifiedName(key.ToLowerInvariant()));
            total += NameRules.Utf8Length(key) + NameRules.Utf8Length(value ?? "");
        }
        if (total > TotalAnnotationBytes) errors.TooLong(path, TotalAnnotationBytes);
    }

    /// <summary>A selector as new objects may have it.</summary>
    public static void Selector(V1LabelSelector? selector, FieldPath path, FieldErrors errors)
    {
        if (selector is null) return;
        Labels(selector.MatchLabels, path.Child("matchLabels"), errors);
        for (var i = 0; i < (selector.MatchExpressions?.Count ?? 0); i++)
        {
            Requirement(selector.MatchExpressions![i], path.Child("matchExpressions").Index(i), errors);
        }
    }

    /// <summary>Whether it is one of the four operators that label and node selectors have in common; finds a number of values that does not go with it.</summary>
    /// <param name="path">Of the requirement.</param>
    public static bool Operator(string? name, int values, FieldPath path, FieldErrors errors)
    {
        switch (name)
        {
            case "In" or "NotIn":
                if (values == 0) errors.Required(path.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                return true;
            case "Exists" or "DoesNotExist":
                if (values > 0) errors.Forbidden(path.Child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                return true;
            default:
                return false;
        }
    }

    private static void Requirement(V1LabelSelectorRequirement requirement, FieldPath path, FieldErrors errors)
    {
        var values = requirement.Values ?? [];
        if (!Operator(requirement.OperatorProperty, values.Count, path, errors)) errors.Invalid(path.Child("operator"), requirement.OperatorProperty ?? "", "not a valid selector operator");
        LabelName(requirement.Key ?? "", path.Child("key"), errors);
        for (var i = 0; i < values.Count; i++)
        {
            errors.InvalidAll(path.Child("values").Index(i), values[i], NameRules.LabelValue(values[i] ?? ""));
        }
    }
}
