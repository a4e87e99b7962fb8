using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Almost nothing of a Pod's spec may change once it exists: images, the deadline, more tolerations, fewer gates.</summary>
internal static class PodUpdateValidation
{
    private const string Changeable =
        "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void Validate(V1Pod pod, V1Pod old, FieldErrors errors)
    {
        var path = FieldPath.Root("spec");
        if (!Containers(pod.Spec.Containers, old.Spec.Containers, path.Child("containers"), errors)) return;
        if (!Containers(pod.Spec.InitContainers, old.Spec.InitContainers, path.Child("initContainers"), errors)) return;
        if (!Deadline(pod.Spec.ActiveDeadlineSeconds, old.Spec.ActiveDeadlineSeconds, path.Child("activeDeadlineSeconds"), errors)) return;
        Tolerations(pod.Spec.Tolerations, old.Spec.Tolerations, path.Child("tolerations"), errors);
        Gates(pod.Spec.SchedulingGates, old.Spec.SchedulingGates, path.Child("schedulingGates"), errors);
        Rest(pod.Spec, old.Spec, path, errors);
    }

    /// <summary>False when there is no use in looking further.</summary>
    private static bool Containers(IList<V1Container>? containers, IList<V1Container>? old, FieldPath path, FieldErrors errors)
    {
        if ((containers?.Count ?? 0) == (old?.Count ?? 0)) return true;
        errors.Forbidden(path, "pod updates may not add or remove containers");
        return false;
    }

    private static bool Deadline(long? deadline, long? old, FieldPath path, FieldErrors errors)
    {
        if (deadline is < 0 or > int.MaxValue)
        {
            errors.Invalid(path, deadline.Value, ValueRules.Between(0, int.MaxValue));
            return false;
        }
        if (deadline is not null && old < deadline)
        {
            errors.Invalid(path, deadline.Value, "must be less than or equal to previous value");
            return false;
        }
        if (deadline is null && old is not null) errors.Invalid(path, null, "must not update from a positive integer to nil value");
        return true;
    }

    private static void Tolerations(IList<V1Toleration>? tolerations, IList<V1Toleration>? old, FieldPath path, FieldErrors errors)
    {
        var kept = (tolerations ?? []).Select(Identity).ToHashSet();
        if ((old ?? []).All(o => kept.Contains(Identity(o)))) return;
        errors.Forbidden(path, "existing toleration can not be modified except its tolerationSeconds");
    }

    private static (string, string, string, string) Identity(V1Toleration t) =>
        (Text(t.Key), Text(t.OperatorProperty), Text(t.Value), Text(t.Effect));

    private static string Text(string? value) => value ?? "";

    private static void Gates(IList<V1PodSchedulingGate>? gates, IList<V1PodSchedulingGate>? old, FieldPath path, FieldErrors errors)
    {
        var had = (old ?? []).Select(o => o.Name ?? "").ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < (gates?.Count ?? 0); i++)
        {
            var name = gates![i].Name;
            if (!had.Contains(name ?? "")) errors.Forbidden(path.Index(i).Child("name"), $"only deletion is allowed, but found new scheduling gate '{name}'");
        }
    }

    /// <summary>With what may change set back, the two must be alike.</summary>
    private static void Rest(V1PodSpec spec, V1PodSpec old, FieldPath path, FieldErrors errors)
    {
        if (Semantic.Equal(spec, old)) return;
        var same = KubeJson.Deserialize<V1PodSpec>(KubeJson.Serialize(spec))!;
        Images(same.Containers, old.Containers);
        Images(same.InitContainers, old.InitContainers);
        same.ActiveDeadlineSeconds = old.ActiveDeadlineSeconds;
        same.Tolerations = old.Tolerations;
        same.SchedulingGates = old.SchedulingGates;
        if (old.TerminationGracePeriodSeconds < 0 && same.TerminationGracePeriodSeconds == 1) same.TerminationGracePeriodSeconds = old.TerminationGracePeriodSeconds;
        if (old.SchedulingGates is { Count: > 0 }) Gated(same, old);
        if (Semantic.Equal(same, old)) return;
        errors.Forbidden(path, $"pod updates may not change fields other than {Changeable}\n{SpecDifference.Of(old, same)}");
    }

    private static void Images(IList<V1Container>? containers, IList<V1Container>? old)
    {
        for (var i = 0; i < (containers?.Count ?? 0); i++) containers![i].Image = old![i].Image;
    }

    /// <summary>While a Pod is held back from scheduling, where it may go can still be narrowed.</summary>
    private static void Gated(V1PodSpec spec, V1PodSpec old)
    {
        if ((old.NodeSelector ?? new Dictionary<string, string>()).All(o => spec.NodeSelector is { } s && s.TryGetValue(o.Key, out var v) && v == o.Value)) spec.NodeSelector = old.NodeSelector;
        if (old.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is null) spec.Affinity = old.Affinity;
    }
}
