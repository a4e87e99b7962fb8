using k8s.Models;

namespace Coxswain.Api;

/// <summary>Which Pods a quota with scopes is about. Anything else is outside of every scope.</summary>
public static class QuotaScopes
{
    /// <summary>All scopes of the quota must hold.</summary>
    public static bool Match(V1ResourceQuotaSpec? spec, V1Pod pod)
    {
        foreach (var scope in spec?.Scopes ?? [])
        {
            if (!Matches(scope, "Exists", null, pod)) return false;
        }
        foreach (var requirement in spec?.ScopeSelector?.MatchExpressions ?? [])
        {
            if (!Matches(requirement.ScopeName, requirement.OperatorProperty, requirement.Values, pod)) return false;
        }
        return true;
    }

    public static bool Any(V1ResourceQuotaSpec? spec) => spec?.Scopes is { Count: > 0 } || spec?.ScopeSelector?.MatchExpressions is { Count: > 0 };

    private static bool Matches(string scope, string @operator, IList<string>? values, V1Pod pod) => scope switch
    {
        "Terminating" => HasDeadline(pod),
        "NotTerminating" => !HasDeadline(pod),
        "BestEffort" => PodResources.QualityOfService(pod.Spec) == "BestEffort",
        "NotBestEffort" => PodResources.QualityOfService(pod.Spec) != "BestEffort",
        "PriorityClass" => MatchesClass(pod.Spec.PriorityClassName, @operator, values),
        "CrossNamespacePodAffinity" => ReachesOtherNamespaces(pod.Spec.Affinity),
        _ => false,
    };

    private static bool HasDeadline(V1Pod pod) => pod.Spec.ActiveDeadlineSeconds is >= 0;

    private static bool MatchesClass(string? name, string @operator, IList<string>? values)
    {
        var present = !string.IsNullOrEmpty(name);
        return @operator switch
        {
            "Exists" => present,
            "DoesNotExist" => !present,
            "In" => present && values?.Contains(name!) == true,
            "NotIn" => !present || values?.Contains(name!) != true,
            _ => false,
        };
    }

    private static bool ReachesOtherNamespaces(V1Affinity? affinity)
    {
        var terms = (affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [])
            .Concat((affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Select(w => w.PodAffinityTerm))
            .Concat(affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [])
            .Concat((affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Select(w => w.PodAffinityTerm));
        return terms.Any(term => term is not null && (term.Namespaces is { Count: > 0 } || term.NamespaceSelector is not null));
    }
}
