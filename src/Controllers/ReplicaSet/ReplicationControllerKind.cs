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
        if (old is not null && Counts(old) == (counts with { Terminating = 0 }) && old.ObservedGeneration == value.Metadata.Generation && ReferenceEquals(conditions, old.Conditions)) return null;
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

    private static ReplicaCounts Counts(V1ReplicationControllerStatus status) =>
        new(status.Replicas, status.FullyLabeledReplicas ?? 0, status.ReadyReplicas ?? 0, status.AvailableReplicas ?? 0, Terminating: 0); // it has no field for those that are ending

    private static IList<V1ReplicationControllerCondition>? Conditions(IList<V1ReplicationControllerCondition>? old, ReplicaFailure? failure, DateTime now) => ReplicaConditions.With(
        old, failure, condition => (condition.Type, condition.Reason),
        failed => new V1ReplicationControllerCondition { Type = ReplicaConditions.Failure, Status = "True", Reason = failed.Reason, Message = failed.Message, LastTransitionTime = now });
}
