using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Apps;

internal static class DaemonSetValidation
{
    public static void Spec(V1DaemonSetSpec spec, FieldPath path, FieldErrors errors)
    {
        var selector = path.Child("selector");
        LabelRules.Selector(spec.Selector, selector, errors);
        if (SelectorRules.IsUsable(spec.Selector))
            PodTemplates.Matches(LabelMatcher.From(spec.Selector).Matches(spec.Template.Metadata?.Labels), spec.Template, path.Child("template"), errors);
        if (spec.Selector is not null && SelectorRules.IsEmpty(spec.Selector))
            errors.Invalid(selector, GoJson.Selector(spec.Selector), "empty selector is invalid for daemonset");
        PodTemplates.Validate(spec.Template, "DaemonSet", path.Child("template"), errors);
        Rules.NonNegative(spec.MinReadySeconds, path.Child("minReadySeconds"), errors);
        Strategy(spec.UpdateStrategy, path.Child("updateStrategy"), errors);
        Rules.NonNegative(spec.RevisionHistoryLimit, path.Child("revisionHistoryLimit"), errors);
    }

    private static void Strategy(V1DaemonSetUpdateStrategy strategy, FieldPath path, FieldErrors errors)
    {
        switch (strategy.Type)
        {
            case "OnDelete":
                break;
            case "RollingUpdate":
                if (strategy.RollingUpdate is null) errors.Required(path.Child("rollingUpdate"));
                else Rolling(strategy.RollingUpdate, path.Child("rollingUpdate"), errors);
                break;
            default:
                errors.NotSupported(path, GoJson.Fields(("Type", GoJson.Text(strategy.Type)), ("RollingUpdate", Shown(strategy.RollingUpdate))), "RollingUpdate", "OnDelete");
                break;
        }
    }

    /// <summary>Each node either has its old Pod until the new one is ready or has none for a while: one of the two is chosen.</summary>
    private static void Rolling(V1RollingUpdateDaemonSet rolling, FieldPath path, FieldErrors errors)
    {
        var (unavailable, surge) = (path.Child("maxUnavailable"), path.Child("maxSurge"));
        RollingUpdates.NumberOrPercent(rolling.MaxUnavailable, unavailable, errors);
        RollingUpdates.NumberOrPercent(rolling.MaxSurge, surge, errors);
        RollingUpdates.AtMostAll(rolling.MaxUnavailable, unavailable, errors);
        RollingUpdates.AtMostAll(rolling.MaxSurge, surge, errors);
        var (hasUnavailable, hasSurge) = (!RollingUpdates.IsZero(rolling.MaxUnavailable), !RollingUpdates.IsZero(rolling.MaxSurge));
        if (hasUnavailable && hasSurge) errors.Invalid(surge, GoJson.IntOrString(rolling.MaxSurge), "may not be set when maxUnavailable is non-zero");
        if (!hasUnavailable && !hasSurge) errors.Required(unavailable, "cannot be 0 when maxSurge is 0");
    }

    private static GoJson Shown(V1RollingUpdateDaemonSet? rolling) => rolling is null
        ? GoJson.Null
        : GoJson.Fields(("MaxUnavailable", GoJson.IntOrString(rolling.MaxUnavailable)), ("MaxSurge", GoJson.IntOrString(rolling.MaxSurge)));

    public static void Status(V1DaemonSetStatus status, V1DaemonSetStatus? old, FieldErrors errors)
    {
        var path = FieldPath.Root("status");
        Rules.NonNegative(status.CurrentNumberScheduled, path.Child("currentNumberScheduled"), errors);
        Rules.NonNegative(status.NumberMisscheduled, path.Child("numberMisscheduled"), errors);
        Rules.NonNegative(status.DesiredNumberScheduled, path.Child("desiredNumberScheduled"), errors);
        Rules.NonNegative(status.NumberReady, path.Child("numberReady"), errors);
        Rules.NonNegative(status.ObservedGeneration, path.Child("observedGeneration"), errors);
        Rules.NonNegative(status.UpdatedNumberScheduled, path.Child("updatedNumberScheduled"), errors);
        Rules.NonNegative(status.NumberAvailable, path.Child("numberAvailable"), errors);
        Rules.NonNegative(status.NumberUnavailable, path.Child("numberUnavailable"), errors);
        Rules.NonNegative(status.CollisionCount, path.Child("collisionCount"), errors);
        DeploymentValidation.NotDecremented(status.CollisionCount, old?.CollisionCount, path.Child("collisionCount"), errors);
    }
}
