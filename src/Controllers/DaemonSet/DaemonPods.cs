using System.Globalization;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Which nodes a DaemonSet belongs on, and what its Pods look like.</summary>
internal static class DaemonPods
{
    public const string HashLabel = "controller-revision-hash";
    private const string GenerationLabel = "pod-template-generation";
    private const string GenerationAnnotation = "deprecated.daemonset.template.generation";

    /// <param name="Run">It should have a Pod.</param>
    /// <param name="Keep">A Pod that is there may stay.</param>
    public readonly record struct Verdict(bool Run, bool Keep);

    public static Verdict Judge(V1DaemonSet set, V1Node node)
    {
        var spec = set.Spec.Template.Spec;
        if (!string.IsNullOrEmpty(spec.NodeName) && spec.NodeName != node.Metadata.Name) return default;
        if (!NodeSelection.Matches(spec, node)) return default;
        IList<V1Toleration> tolerations = [.. spec.Tolerations ?? [], .. Tolerations(spec)];
        if (Taints.FirstUntolerated(node.Spec?.Taints, tolerations, Taints.NoSchedule, Taints.NoExecute) is null) return new Verdict(true, true);
        return new Verdict(false, Taints.FirstUntolerated(node.Spec?.Taints, tolerations, Taints.NoExecute) is null);
    }

    public static string Hash(V1DaemonSet set) => PodTemplates.Hash(set.Spec.Template, set.Status?.CollisionCount);

    public static bool IsUpdated(V1Pod pod, string hash) => pod.Metadata.Labels?.TryGetValue(HashLabel, out var have) == true && have == hash;

    /// <summary>The node a Pod runs on, or is meant for while it has none.</summary>
    public static string? NodeOf(V1Pod pod)
    {
        if (PodState.IsScheduled(pod)) return pod.Spec.NodeName;
        foreach (var term in pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms ?? [])
        {
            foreach (var field in term.MatchFields ?? []) if (field is { Key: "metadata.name", OperatorProperty: "In", Values: [var name] }) return name;
        }
        return null;
    }

    public static V1Pod Make(V1DaemonSet set, string node, string hash)
    {
        var pod = PodTemplates.NewPod(set.Metadata, OwnerReferences.ControllerReference(Kinds.DaemonSets, set), set.Spec.Template);
        pod.Metadata.Labels ??= new Dictionary<string, string>();
        pod.Metadata.Labels[HashLabel] = hash;
        if (set.Metadata.Annotations?.TryGetValue(GenerationAnnotation, out var generation) == true && long.TryParse(generation, NumberStyles.None, CultureInfo.InvariantCulture, out _)) pod.Metadata.Labels[GenerationLabel] = generation;

        pod.Spec.Affinity ??= new V1Affinity();
        pod.Spec.Affinity.NodeAffinity ??= new V1NodeAffinity();
        pod.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector
        {
            NodeSelectorTerms = [new V1NodeSelectorTerm { MatchFields = [new V1NodeSelectorRequirement { Key = "metadata.name", OperatorProperty = "In", Values = [node] }] }],
        };
        List<V1Toleration> tolerations = [.. pod.Spec.Tolerations ?? []];
        tolerations.AddRange(Tolerations(pod.Spec).Where(added => !tolerations.Any(have => have.Key == added.Key && have.Effect == added.Effect && have.OperatorProperty == "Exists")));
        pod.Spec.Tolerations = tolerations;
        return pod;
    }

    /// <summary>Daemons belong to their node and stay through what drives others away.</summary>
    private static IEnumerable<V1Toleration> Tolerations(V1PodSpec spec)
    {
        yield return Exists(Taints.NotReady, Taints.NoExecute);
        yield return Exists(Taints.Unreachable, Taints.NoExecute);
        yield return Exists(Taints.DiskPressure, Taints.NoSchedule);
        yield return Exists(Taints.MemoryPressure, Taints.NoSchedule);
        yield return Exists(Taints.PidPressure, Taints.NoSchedule);
        yield return Exists(Taints.Unschedulable, Taints.NoSchedule);
        if (spec.HostNetwork == true) yield return Exists(Taints.NetworkUnavailable, Taints.NoSchedule);
    }

    private static V1Toleration Exists(string key, string effect) => new() { Key = key, OperatorProperty = "Exists", Effect = effect };
}
