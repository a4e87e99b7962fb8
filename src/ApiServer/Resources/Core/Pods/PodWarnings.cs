using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>What is allowed in a Pod or template and yet likely a mistake.</summary>
internal static class PodWarnings
{
    private static readonly Dictionary<string, (string Since, string Instead)> OldLabels = new(StringComparer.Ordinal)
    {
        ["beta.kubernetes.io/arch"] = ("v1.14", "kubernetes.io/arch"),
        ["beta.kubernetes.io/os"] = ("v1.14", "kubernetes.io/os"),
        ["failure-domain.beta.kubernetes.io/region"] = ("v1.17", "topology.kubernetes.io/region"),
        ["failure-domain.beta.kubernetes.io/zone"] = ("v1.17", "topology.kubernetes.io/zone"),
        ["beta.kubernetes.io/instance-type"] = ("v1.17", "node.kubernetes.io/instance-type"),
    };

    public static void Collect(V1PodSpec spec, FieldPath path, List<string> warnings)
    {
        foreach (var key in (spec.NodeSelector?.Keys ?? []).Order(StringComparer.Ordinal)) OldLabel(key, path.Child("nodeSelector").Key(key), warnings);
        Affinity(spec.Affinity, path.Child("affinity"), warnings);
        for (var i = 0; i < (spec.TopologySpreadConstraints?.Count ?? 0); i++)
        {
            var at = path.Child("topologySpreadConstraints").Index(i);
            OldLabel(spec.TopologySpreadConstraints![i].TopologyKey ?? "", at.Child("topologyKey"), warnings);
            NullSelector(spec.TopologySpreadConstraints[i].LabelSelector, at, warnings);
        }
        for (var i = 0; i < (spec.Volumes?.Count ?? 0); i++) VolumeWarnings.Collect(spec.Volumes![i], path.Child("volumes").Index(i), warnings);
        PullSecrets(spec.ImagePullSecrets, path.Child("imagePullSecrets"), warnings);
        Containers(spec.InitContainers, path.Child("initContainers"), warnings);
        Containers(spec.Containers, path.Child("containers"), warnings);
        if (spec.TerminationGracePeriodSeconds < 0) warnings.Add($"{path.Child("terminationGracePeriodSeconds")}: must be >= 0; negative values are invalid and will be treated as 1");
    }

    private static void OldLabel(string key, FieldPath path, List<string> warnings)
    {
        if (OldLabels.TryGetValue(key, out var label)) warnings.Add($"{path}: deprecated since {label.Since}; use \"{label.Instead}\" instead");
    }

    private static void Affinity(V1Affinity? affinity, FieldPath path, List<string> warnings)
    {
        const string Required = "requiredDuringSchedulingIgnoredDuringExecution", Preferred = "preferredDuringSchedulingIgnoredDuringExecution";
        NodeTerms(affinity?.NodeAffinity, path.Child("nodeAffinity"), warnings);
        foreach (var (name, required, preferred) in new[]
        {
            ("podAffinity", affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution, affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution),
            ("podAntiAffinity", affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution, affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution),
        })
        {
            for (var i = 0; i < (required?.Count ?? 0); i++) NullSelector(required![i].LabelSelector, path.Child(name, Required).Index(i), warnings);
            for (var i = 0; i < (preferred?.Count ?? 0); i++) NullSelector(preferred![i].PodAffinityTerm?.LabelSelector, path.Child(name, Preferred).Index(i).Child("podAffinityTerm"), warnings);
        }
    }

    private static void NodeTerms(V1NodeAffinity? affinity, FieldPath path, List<string> warnings)
    {
        var terms = affinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms;
        for (var i = 0; i < (terms?.Count ?? 0); i++)
        {
            Expressions(terms![i], path.Child("requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms").Index(i), warnings);
        }
        var preferred = affinity?.PreferredDuringSchedulingIgnoredDuringExecution;
        for (var i = 0; i < (preferred?.Count ?? 0); i++)
        {
            Expressions(preferred![i].Preference, path.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i).Child("preference"), warnings);
        }
    }

    private static void Expressions(V1NodeSelectorTerm? term, FieldPath path, List<string> warnings)
    {
        for (var i = 0; i < (term?.MatchExpressions?.Count ?? 0); i++)
        {
            var key = term!.MatchExpressions![i].Key ?? "";
            if (!OldLabels.TryGetValue(key, out var label)) continue;
            warnings.Add($"{path.Child("matchExpressions").Index(i).Child("key")}: {key} is deprecated since {label.Since}; use \"{label.Instead}\" instead");
        }
    }

    private static void NullSelector(V1LabelSelector? selector, FieldPath path, List<string> warnings)
    {
        if (selector is null) warnings.Add($"{path.Child("labelSelector")}: a null labelSelector results in matching no pod");
    }

    private static void PullSecrets(IList<V1LocalObjectReference>? secrets, FieldPath path, List<string> warnings)
    {
        for (var i = 0; i < (secrets?.Count ?? 0); i++)
        {
            if (string.IsNullOrEmpty(secrets![i].Name)) warnings.Add($"{path.Index(i).Child("name")}: invalid empty name \"\"");
        }
    }

    private static void Containers(IList<V1Container>? containers, FieldPath path, List<string> warnings)
    {
        for (var i = 0; i < (containers?.Count ?? 0); i++)
        {
            Environment(containers![i].Env, path.Index(i).Child("env"), warnings);
            Fractions(containers[i].Resources?.Limits, path.Index(i).Child("resources", "limits"), warnings);
            Fractions(containers[i].Resources?.Requests, path.Index(i).Child("resources", "requests"), warnings);
        }
    }

    private static void Environment(IList<V1EnvVar>? variables, FieldPath path, List<string> warnings)
    {
        var seen = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var i = 0; i < (variables?.Count ?? 0); i++)
        {
            var (name, value) = (variables![i].Name ?? "", variables[i].Value ?? "");
            // A value that refers to the one it replaces adds to it; that is no mistake.
            if (seen.ContainsKey(name) && !value.Contains($"$({name})", StringComparison.Ordinal)) warnings.Add($"{path.Index(i)}: hides previous definition of {GoText.Quote(name)}, which may be dropped when using apply");
            seen[name] = value;
        }
    }

    private static void Fractions(IDictionary<string, ResourceQuantity>? list, FieldPath path, List<string> warnings)
    {
        foreach (var name in new[] { "memory", "ephemeral-storage" })
        {
            if (list is null || !list.TryGetValue(name, out var amount) || amount.ToQuantity().MilliValue % 1000 == 0) continue;
            warnings.Add($"{path.Key(name)}: fractional byte value {GoText.Quote(amount.ToQuantity().ToString())} is invalid, must be an integer");
        }
    }
}
