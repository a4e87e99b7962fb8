using Coxswain.Api;
using Coxswain.ApiServer.Resources.Core.Pods;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

/// <summary>What may be limited, by how much, and for which Pods.</summary>
internal static class ResourceQuotaValidation
{
    private const string Unsupported = "unsupported scope";
    private const string Misapplied = "unsupported scope applied to resource";
    private const string Conflicting = "conflicting scopes";
    private static readonly string[] OfPods = ["cpu", "limits.cpu", "limits.memory", "memory", "pods", "requests.cpu", "requests.memory"];
    private static readonly string[] OfClaims = ["persistentvolumeclaims", "requests.storage"];
    private static readonly (string, string)[] Opposites = [("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")];

    public static void Spec(V1ResourceQuotaSpec? spec, FieldPath path, FieldErrors errors)
    {
        if (spec is null) return;
        Amounts(spec.Hard, path.Child("hard"), errors);
        Scopes(spec, path.Child("scopes"), errors);
        if (spec.ScopeSelector is { } selector) Selector(spec, selector, path.Child("scopeSelector").Child("matchExpressions"), errors);
    }

    public static void Amounts(IDictionary<string, ResourceQuantity>? list, FieldPath path, FieldErrors errors)
    {
        foreach (var (name, amount) in (list ?? new Dictionary<string, ResourceQuantity>()).OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            ResourceValidation.QuotaName(name, path.Key(name), errors);
            ResourceValidation.Amount(name, amount.ToQuantity(), path.Key(name), errors);
        }
    }

    private static void Scopes(V1ResourceQuotaSpec spec, FieldPath path, FieldErrors errors)
    {
        var shown = GoJson.Strings(spec.Scopes);
        foreach (var scope in spec.Scopes ?? [])
        {
            if (!IsScope(scope)) errors.Invalid(path, shown, Unsupported);
            Applies(scope, spec, shown, path, errors);
        }
        Conflicts(spec.Scopes ?? [], shown, path, errors);
    }

    private static void Selector(V1ResourceQuotaSpec spec, V1ScopeSelector selector, FieldPath path, FieldErrors errors)
    {
        var requirements = selector.MatchExpressions ?? [];
        foreach (var requirement in requirements)
        {
            var scope = requirement.ScopeName ?? "";
            if (!IsScope(scope)) errors.Invalid(path.Child("scopeName"), scope, Unsupported);
            Applies(scope, spec, Shown(selector), path, errors);
            Operator(scope, requirement, path, errors);
        }
        Conflicts(requirements.Select(r => r.ScopeName).ToList(), GoJson.Strings(spec.Scopes), path, errors);
    }

    private static void Operator(string scope, V1ScopedResourceSelectorRequirement requirement, FieldPath path, FieldErrors errors)
    {
        var name = requirement.OperatorProperty ?? "";
        if (name != "Exists" && scope is ("BestEffort" or "NotBestEffort" or "Terminating" or "NotTerminating" or "CrossNamespacePodAffinity"))
        {
            errors.Invalid(path.Child("operator"), name, "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
                + "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
        }
        var some = requirement.Values is { Count: > 0 };
        if (name is "In" or "NotIn")
        {
            if (!some) errors.Required(path.Child("values"), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
        }
        else if (name is not ("Exists" or "DoesNotExist")) errors.Invalid(path.Child("operator"), name, "not a valid selector operator");
        else if (some) errors.Invalid(path.Child("values"), GoJson.Strings(requirement.Values), "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
    }

    private static void Applies(string scope, V1ResourceQuotaSpec spec, GoJson shown, FieldPath path, FieldErrors errors)
    {
        foreach (var name in (spec.Hard?.Keys ?? []).Order(StringComparer.Ordinal))
        {
            if (ResourceValidation.IsStandardForQuota(name) && !IsFor(scope, name)) errors.Invalid(path, shown, Misapplied);
        }
    }

    private static bool IsScope(string scope) =>
        scope is "Terminating" or "NotTerminating" or "BestEffort" or "NotBestEffort" or "PriorityClass" or "CrossNamespacePodAffinity" or "VolumeAttributesClass";

    private static bool IsFor(string scope, string resource) => scope switch
    {
        "BestEffort" => resource == "pods",
        "VolumeAttributesClass" => OfClaims.Contains(resource),
        _ => !IsScope(scope) || OfPods.Contains(resource),
    };

    private static void Conflicts(IList<string> scopes, GoJson shown, FieldPath path, FieldErrors errors)
    {
        foreach (var (one, other) in Opposites)
        {
            if (scopes.Contains(one) && scopes.Contains(other)) errors.Invalid(path, shown, Conflicting);
        }
    }

    private static GoJson Shown(V1ScopeSelector selector) => GoJson.Fields(("MatchExpressions", GoJson.Array((selector.MatchExpressions ?? []).Select(r =>
        GoJson.Fields(("ScopeName", GoJson.Text(r.ScopeName ?? "")), ("Operator", GoJson.Text(r.OperatorProperty ?? "")), ("Values", GoJson.Strings(r.Values)))))));
}
