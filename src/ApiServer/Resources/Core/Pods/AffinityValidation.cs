using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Which nodes and neighbours a Pod wants or shuns.</summary>
internal static class AffinityValidation
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    private const string Preferred = "preferredDuringSchedulingIgnoredDuringExecution";

    public static void Validate(V1Affinity? affinity, FieldPath path, FieldErrors errors)
    {
        if (affinity?.NodeAffinity is { } node) Node(node, path.Child("nodeAffinity"), errors);
        if (affinity?.PodAffinity is { } near)
        {
            Pods(near.RequiredDuringSchedulingIgnoredDuringExecution, near.PreferredDuringSchedulingIgnoredDuringExecution, path.Child("podAffinity"), errors);
        }
        if (affinity?.PodAntiAffinity is { } far)
        {
            Pods(far.RequiredDuringSchedulingIgnoredDuringExecution, far.PreferredDuringSchedulingIgnoredDuringExecution, path.Child("podAntiAffinity"), errors);
        }
    }

    private static void Node(V1NodeAffinity affinity, FieldPath path, FieldErrors errors)
    {
        if (affinity.RequiredDuringSchedulingIgnoredDuringExecution is { } required)
        {
            NodeSelectorValidation.Validate(required, path.Child(Required), errors);
        }
        for (var i = 0; i < (affinity.PreferredDuringSchedulingIgnoredDuringExecution?.Count ?? 0); i++)
        {
            var (term, at) = (affinity.PreferredDuringSchedulingIgnoredDuringExecution![i], path.Child(Preferred).Index(i));
            Weight(term.Weight, at, errors);
            if (term.Preference is { } preference) NodeSelectorValidation.Term(preference, checkValues: false, at.Child("preference"), errors);
        }
    }

    private static void Pods(IList<V1PodAffinityTerm>? required, IList<V1WeightedPodAffinityTerm>? preferred, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < (required?.Count ?? 0); i++) Term(required![i], path.Child(Required).Index(i), errors);
        for (var i = 0; i < (preferred?.Count ?? 0); i++)
        {
            var at = path.Child(Preferred).Index(i);
            Weight(preferred![i].Weight, at, errors);
            Term(preferred[i].PodAffinityTerm ?? new V1PodAffinityTerm(), at.Child("podAffinityTerm"), errors);
        }
    }

    private static void Term(V1PodAffinityTerm term, FieldPath path, FieldErrors errors)
    {
        LabelRules.Selector(term.LabelSelector, path.Child("labelSelector"), errors);
        LabelRules.Selector(term.NamespaceSelector, path.Child("namespaceSelector"), errors);
        foreach (var ns in term.Namespaces ?? []) errors.InvalidAll(path.Child("namespace"), ns, NameRules.Dns1123Label(ns));
        SpreadValidation.Keys(term.MatchLabelKeys, term.LabelSelector, path.Child("matchLabelKeys"), errors);
        SpreadValidation.Keys(term.MismatchLabelKeys, term.LabelSelector, path.Child("mismatchLabelKeys"), errors);
        if (string.IsNullOrEmpty(term.TopologyKey)) errors.Required(path.Child("topologyKey"), "can not be empty");
        LabelRules.LabelName(term.TopologyKey ?? "", path.Child("topologyKey"), errors);
    }

    private static void Weight(int weight, FieldPath path, FieldErrors errors)
    {
        if (weight is < 1 or > 100) errors.Invalid(path.Child("weight"), weight, "must be in the range 1-100");
    }
}
