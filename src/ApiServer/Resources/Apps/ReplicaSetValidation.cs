using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Apps;

internal static class ReplicaSetValidation
{
    public static void Spec(V1ReplicaSetSpec spec, FieldPath path, FieldErrors errors)
    {
        Rules.NonNegative(spec.Replicas, path.Child("replicas"), errors);
        Rules.NonNegative(spec.MinReadySeconds, path.Child("minReadySeconds"), errors);
        SelectorRules.ReplicaSetLike(spec.Selector, spec.Template, path, errors);
    }

    public static void Status(V1ReplicaSetStatus status, FieldErrors errors)
    {
        var path = FieldPath.Root("status");
        Rules.NonNegative(status.Replicas, path.Child("replicas"), errors);
        Rules.NonNegative(status.FullyLabeledReplicas, path.Child("fullyLabeledReplicas"), errors);
        Rules.NonNegative(status.ReadyReplicas, path.Child("readyReplicas"), errors);
        Rules.NonNegative(status.AvailableReplicas, path.Child("availableReplicas"), errors);
        Rules.NonNegative(status.TerminatingReplicas, path.Child("terminatingReplicas"), errors);
        Rules.NonNegative(status.ObservedGeneration, path.Child("observedGeneration"), errors);
        const string all = "cannot be greater than status.replicas";
        Rules.NotMoreThan(status.FullyLabeledReplicas, status.Replicas, path.Child("fullyLabeledReplicas"), all, errors);
        Rules.NotMoreThan(status.ReadyReplicas, status.Replicas, path.Child("readyReplicas"), all, errors);
        Rules.NotMoreThan(status.AvailableReplicas, status.Replicas, path.Child("availableReplicas"), all, errors);
        Rules.NotMoreThan(status.AvailableReplicas, status.ReadyReplicas, path.Child("availableReplicas"), "cannot be greater than readyReplicas", errors);
    }
}
