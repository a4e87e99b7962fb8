using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers;

internal sealed class ReplicaSetKind : IReplicaKind<V1ReplicaSet>
{
    public ResourceType<V1ReplicaSet> Type => Kinds.ReplicaSets;
    public int Replicas(V1ReplicaSet value) => value.Spec.Replicas ?? 1;
    public int MinReadySeconds(V1ReplicaSet value) => value.Spec.MinReadySeconds ?? 0;
    public V1PodTemplateSpec? Template(V1ReplicaSet value) => value.Spec.Template;
    public LabelMatcher Selector(V1ReplicaSet value) => LabelMatcher.From(value.Spec.Selector);

    public V1ReplicaSet? WithStatus(V1ReplicaSet value, ReplicaCounts counts, ReplicaFailure? failure, DateTime now)
    {
        var old = value.Status;
        var conditions = Conditions(old?.Conditions, failure, now);
        if (old is not null && Counts(old) == counts && old.ObservedGeneration == value.Metadata.Generation && ReferenceEquals(conditions, old.Conditions)) return null;
        return value with
        {
            Metadata = value.Metadata with { },
            Status = new V1ReplicaSetStatus
            {
                Replicas = counts.Replicas,
                FullyLabeledReplicas = Numbers.OrNull(counts.FullyLabeled),
                ReadyReplicas = Numbers.OrNull(counts.Ready),
                AvailableReplicas = Numbers.OrNull(counts.Available),
                TerminatingReplicas = counts.Terminating,
                ObservedGeneration = value.Metadata.Generation,
                Conditions = conditions,
            },
        };
    }

    private static ReplicaCounts Counts(V1ReplicaSetStatus status) =>
        new(status.Replicas, status.FullyLabeledReplicas ?? 0, status.ReadyReplicas ?? 0, status.AvailableReplicas ?? 0, Terminating: status.TerminatingReplicas ?? -1);

    private static IList<V1ReplicaSetCondition>? Conditions(IList<V1ReplicaSetCondition>? old, ReplicaFailure? failure, DateTime now) => ReplicaConditions.With(
        old, failure, condition => (condition.Type, condition.Reason),
        failed => new V1ReplicaSetCondition { Type = ReplicaConditions.Failure, Status = "True", Reason = failed.Reason, Message = failed.Message, LastTransitionTime = now });
}
