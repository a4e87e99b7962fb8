using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Apps;

/// <summary>The selector of the apps group's kinds: required in practice, never empty, never changed.</summary>
internal static class SelectorRules
{
    public static bool IsEmpty(V1LabelSelector selector) => (selector.MatchLabels?.Count ?? 0) + (selector.MatchExpressions?.Count ?? 0) == 0;

    /// <summary>Whether it can be matched with at all: each operator known, with the values it needs, keys and values well formed.</summary>
    public static bool IsUsable(V1LabelSelector? selector)
    {
        var errors = new FieldErrors();
        LabelRules.Selector(selector, FieldPath.Root("selector"), errors);
        return errors.Count == 0;
    }

    public static void Immutable(V1LabelSelector? value, V1LabelSelector? old, FieldErrors errors) =>
        Rules.Immutable(Semantic.Equal(value, old), GoJson.Selector(value), FieldPath.Root("spec").Child("selector"), errors);

    /// <summary>What Deployments and ReplicaSets share: selector, and template in the light of it.</summary>
    public static void ReplicaSetLike(V1LabelSelector? selector, V1PodTemplateSpec template, FieldPath path, FieldErrors errors)
    {
        var selectorPath = path.Child("selector");
        if (selector is null)
        {
            errors.Required(selectorPath);
        }
        else
        {
            LabelRules.Selector(selector, selectorPath, errors);
            // Upstream says deployment here for ReplicaSets too.
            if (IsEmpty(selector)) errors.Invalid(selectorPath, GoJson.Selector(selector), "empty selector is invalid for deployment");
        }
        if (!IsUsable(selector))
        {
            errors.Invalid(selectorPath, GoJson.Selector(selector), "invalid label selector");
            return;
        }
        PodTemplates.Matches(LabelMatcher.From(selector).Matches(template.Metadata?.Labels), template, path.Child("template"), errors);
        PodTemplates.Validate(template, "ReplicaSet", path.Child("template"), errors);
    }
}
