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
        if (old is not null && old.Replicas == counts.Replicas && (old.FullyLabeledReplicas ?? 0) == counts.FullyLabeled
            && (old.ReadyReplicas ?? 0) == counts.Ready && (old.AvailableReplicas ?? 0) == counts.Available && old.TerminatingReplicas == counts.Terminating
            && old.ObservedGeneration == value.Metadata.Generation && ReferenceEquals(conditions, old.Conditions)) return null;
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

    /// <returns><paramref name="old"/> itself when nothing is to be changed.</returns>
    private static IList<V1ReplicaSetCondition>? Conditions(IList<V1ReplicaSetCondition>? old, ReplicaFailure? failure, DateTime now)
    {
        var known = old?.FirstOrDefault(condition => condition.Type == "ReplicaFailure");
        if (known?.Reason == failure?.Reason) return old;
        return Others(old, failure is null ? null : Condition(failure, now));
    }

    private static V1ReplicaSetCondition Condition(ReplicaFailure failure, DateTime now) =>
        new() { Type = "ReplicaFailure", Status = "True", Reason = failure.Reason, Message = failure.Message, LastTransitionTime = now };

    private static List<V1ReplicaSetCondition>? Others(IList<V1ReplicaSetCondition>? old, V1ReplicaSetCondition? added)
    {
        List<V1ReplicaSetCondition> all = [.. (old ?? []).Where(condition => condition.Type != "ReplicaFailure")];
        if (added is not null) all.Add(added);
        return all.Count == 0 ? null : all;
    }
}
