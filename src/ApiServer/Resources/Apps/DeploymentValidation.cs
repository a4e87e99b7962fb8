using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Apps;

internal static class DeploymentValidation
{
    public static void Spec(V1DeploymentSpec spec, FieldPath path, FieldErrors errors)
    {
        Rules.NonNegative(spec.Replicas, path.Child("replicas"), errors);
        SelectorRules.ReplicaSetLike(spec.Selector, spec.Template, path, errors);
        Strategy(spec.Strategy, path.Child("strategy"), errors);
        Rules.NonNegative(spec.MinReadySeconds, path.Child("minReadySeconds"), errors);
        Rules.NonNegative(spec.RevisionHistoryLimit, path.Child("revisionHistoryLimit"), errors);
        if (spec.ProgressDeadlineSeconds is not { } deadline) return;
        var deadlinePath = path.Child("progressDeadlineSeconds");
        Rules.NonNegative(deadline, deadlinePath, errors);
        if (deadline <= (spec.MinReadySeconds ?? 0)) errors.Invalid(deadlinePath, deadline, "must be greater than minReadySeconds");
    }

    private static void Strategy(V1DeploymentStrategy strategy, FieldPath path, FieldErrors errors)
    {
        var rolling = path.Child("rollingUpdate");
        switch (strategy.Type)
        {
            case "Recreate":
                if (strategy.RollingUpdate is not null) errors.Forbidden(rolling, "may not be specified when strategy `type` is 'Recreate'");
                break;
            case "RollingUpdate":
                if (strategy.RollingUpdate is null) errors.Required(rolling, "this should be defaulted and never be nil");
                else Rolling(strategy.RollingUpdate, rolling, errors);
                break;
            default:
                errors.NotSupported(path, GoJson.Fields(("Type", GoJson.Text(strategy.Type)), ("RollingUpdate", Shown(strategy.RollingUpdate))), "Recreate", "RollingUpdate");
                break;
        }
    }

    private static void Rolling(V1RollingUpdateDeployment rolling, FieldPath path, FieldErrors errors)
    {
        var unavailable = path.Child("maxUnavailable");
        RollingUpdates.NumberOrPercent(rolling.MaxUnavailable, unavailable, errors);
        RollingUpdates.NumberOrPercent(rolling.MaxSurge, path.Child("maxSurge"), errors);
        if (RollingUpdates.IsZero(rolling.MaxUnavailable) && RollingUpdates.IsZero(rolling.MaxSurge))
            errors.Invalid(unavailable, GoJson.IntOrString(rolling.MaxUnavailable), "may not be 0 when `maxSurge` is 0");
        RollingUpdates.AtMostAll(rolling.MaxUnavailable, unavailable, errors);
    }

    private static GoJson Shown(V1RollingUpdateDeployment? rolling) => rolling is null
        ? GoJson.Null
        : GoJson.Fields(("MaxUnavailable", GoJson.IntOrString(rolling.MaxUnavailable)), ("MaxSurge", GoJson.IntOrString(rolling.MaxSurge)));

    public static void Status(V1DeploymentStatus status, V1DeploymentStatus? old, FieldErrors errors)
    {
        var path = FieldPath.Root("status");
        Rules.NonNegative(status.ObservedGeneration, path.Child("observedGeneration"), errors);
        Rules.NonNegative(status.Replicas, path.Child("replicas"), errors);
        Rules.NonNegative(status.UpdatedReplicas, path.Child("updatedReplicas"), errors);
        Rules.NonNegative(status.ReadyReplicas, path.Child("readyReplicas"), errors);
        Rules.NonNegative(status.AvailableReplicas, path.Child("availableReplicas"), errors);
        Rules.NonNegative(status.UnavailableReplicas, path.Child("unavailableReplicas"), errors);
        Rules.NonNegative(status.TerminatingReplicas, path.Child("terminatingReplicas"), errors);
        Rules.NonNegative(status.CollisionCount, path.Child("collisionCount"), errors);
        Rules.Parts(status.Replicas, ("updatedReplicas", status.UpdatedReplicas), status.ReadyReplicas, status.AvailableReplicas, path, errors);
        NotDecremented(status.CollisionCount, old?.CollisionCount, path.Child("collisionCount"), errors);
    }

    /// <summary>Collisions of hashed names are counted up only: an old count would give a name that is taken.</summary>
    public static void NotDecremented(int? value, int? old, FieldPath path, FieldErrors errors)
    {
        if (old is not null && (value is null || value < old)) errors.Invalid(path, value ?? 0, "cannot be decremented");
    }
}
