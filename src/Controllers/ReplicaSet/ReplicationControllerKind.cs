using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers;

internal sealed class ReplicationControllerKind : IReplicaKind<V1ReplicationController>
{
    public ResourceType<V1ReplicationController> Type => Kinds.ReplicationControllers;
    public int Replicas(V1ReplicationController value) => value.Spec.Replicas ?? 1;
    public int MinReadySeconds(V1ReplicationController value) => value.Spec.MinReadySeconds ?? 0;
    public V1PodTemplateSpec? Template(V1ReplicationController value) => value.Spec.Template;
    public LabelMatcher Selector(V1ReplicationController value) => LabelMatcher.FromMap(value.Spec.Selector);

    public V1ReplicationController? WithStatus(V1ReplicationController value, ReplicaCounts counts, ReplicaFailure? failure, DateTime now)
    {
        var old = value.Status;
        var conditions = Conditions(old?.Conditions, failure, now);
        if (old is not null && old.Replicas == counts.Replicas && (old.FullyLabeledReplicas ?? 0) == counts.FullyLabeled
            && (old.ReadyReplicas ?? 0) == counts.Ready && (old.AvailableReplicas ?? 0) == counts.Available
            && old.ObservedGeneration == value.Metadata.Generation && ReferenceEquals(conditions, old.Conditions)) return null;
        return value with
        {
            Metadata = value.Metadata with { },
            Status = new V1ReplicationControllerStatus
            {
                Replicas = counts.Replicas,
                FullyLabeledReplicas = Numbers.OrNull(counts.FullyLabeled),
                ReadyReplicas = Numbers.OrNull(counts.Ready),
                AvailableReplicas = Numbers.OrNull(counts.Available),
                ObservedGeneration = value.Metadata.Generation,
                Conditions = conditions,
            },
        };
    }

    /// <returns><paramref name="old"/> itself when nothing is to be changed.</returns>
    private static IList<V1ReplicationControllerCondition>? Conditions(IList<V1ReplicationControllerCondition>? old, ReplicaFailure? failure, DateTime now)
    {
        var known = old?.FirstOrDefault(condition => condition.Type == "ReplicaFailure");
        if (known?.Reason == failure?.Reason) return old;
        return Others(old, failure is null ? null : Condition(failure, now));
    }

    private static V1ReplicationControllerCondition Condition(ReplicaFailure failure, DateTime now) =>
        new() { Type = "ReplicaFailure", Status = "True", Reason = failure.Reason, Message = failure.Message, LastTransitionTime = now };

    private static List<V1ReplicationControllerCondition>? Others(IList<V1ReplicationControllerCondition>? old, V1ReplicationControllerCondition? added)
    {
        List<V1ReplicationControllerCondition> all = [.. (old ?? []).Where(condition => condition.Type != "ReplicaFailure")];
        if (added is not null) all.Add(added);
        return all.Count == 0 ? null : all;
    }
}
