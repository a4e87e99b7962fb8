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

    public static void Status(V1ReplicaSetStatus status, FieldErrors errors) =>
        Counts(status.Replicas, status.FullyLabeledReplicas, status.ReadyReplicas, status.AvailableReplicas, status.TerminatingReplicas, status.ObservedGeneration, errors);

    /// <summary>The status of a ReplicaSet or ReplicationController.</summary>
    public static void Counts(int replicas, int? fullyLabeled, int? ready, int? available, int? terminating, long? observedGeneration, FieldErrors errors)
    {
        var path = FieldPath.Root("status");
        Rules.NonNegative(replicas, path.Child("replicas"), errors);
        Rules.NonNegative(fullyLabeled, path.Child("fullyLabeledReplicas"), errors);
        Rules.NonNegative(ready, path.Child("readyReplicas"), errors);
        Rules.NonNegative(available, path.Child("availableReplicas"), errors);
        Rules.NonNegative(terminating, path.Child("terminatingReplicas"), errors);
        Rules.NonNegative(observedGeneration, path.Child("observedGeneration"), errors);
        Rules.Parts(replicas, ("fullyLabeledReplicas", fullyLabeled), ready, available, path, errors);
    }
}
