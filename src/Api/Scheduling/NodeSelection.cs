using System.Globalization;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>Whether a node is one that a Pod's nodeSelector and node affinity ask for.</summary>
public static class NodeSelection
{
    /// <summary>nodeSelector and the required node affinity, both.</summary>
    public static bool Matches(V1PodSpec spec, V1Node node)
    {
        foreach (var (key, value) in spec.NodeSelector ?? new Dictionary<string, string>())
        {
            if (node.Metadata.Labels is null || !node.Metadata.Labels.TryGetValue(key, out var found) || found != value) return false;
        }
        return spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not { } required || MatchesAny(required.NodeSelectorTerms, node);
    }

    /// <summary>Terms are alternatives; an empty term matches nothing.</summary>
    public static bool MatchesAny(IList<V1NodeSelectorTerm>? terms, V1Node node)
    {
        foreach (var term in terms ?? []) if (Matches(term, node)) return true;
        return false;
    }

    public static bool Matches(V1NodeSelectorTerm term, V1Node node)
    {
        if (term.MatchExpressions is not { Count: > 0 } && term.MatchFields is not { Count: > 0 }) return false;
        foreach (var requirement in term.MatchExpressions ?? [])
        {
            string? value = null;
            var present = node.Metadata.Labels?.TryGetValue(requirement.Key, out value) == true;
            if (!Matches(requirement, present, value)) return false;
        }
        foreach (var requirement in term.MatchFields ?? [])
        {
            if (requirement.Key != "metadata.name" || !Matches(requirement, true, node.Metadata.Name)) return false;
        }
        return true;
    }

    private static bool Matches(V1NodeSelectorRequirement requirement, bool present, string? value) => requirement.OperatorProperty switch
    {
        "In" => present && requirement.Values?.Contains(value!) == true,
        "NotIn" => !present || requirement.Values?.Contains(value!) != true,
        "Exists" => present,
        "DoesNotExist" => !present,
        "Gt" => present && Compare(value, requirement) is > 0,
        "Lt" => present && Compare(value, requirement) is < 0,
        _ => false,
    };

    private static int? Compare(string? value, V1NodeSelectorRequirement requirement) =>
        requirement.Values is [var limit]
        && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var have)
        && long.TryParse(limit, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var than) ? have.CompareTo(than) : null;
}
