using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>The five conditions that tell how the deletion of a namespace goes; names, reasons and texts are what users search for.</summary>
internal static class NamespaceConditions
{
    public static List<V1NamespaceCondition> Make(IList<V1NamespaceCondition>? present, IReadOnlyList<string> failures, IReadOnlyList<string> remaining, IReadOnlyList<string> finalizers, DateTime now) =>
    [
        Condition(present, now, "NamespaceDeletionDiscoveryFailure", null, "ResourcesDiscovered", "All resources successfully discovered"),
        Condition(present, now, "NamespaceDeletionGroupVersionParsingFailure", null, "ParsedGroupVersions", "All legacy kube types successfully parsed"),
        failures.Count == 0
            ? Condition(present, now, "NamespaceDeletionContentFailure", null, "ContentDeleted", "All content successfully deleted, may be waiting on finalization")
            : Condition(present, now, "NamespaceDeletionContentFailure", "True", "ContentDeletionFailed", $"Failed to delete all resource types, {failures.Count} remaining: {string.Join(", ", failures.Order(StringComparer.Ordinal))}"),
        remaining.Count == 0
            ? Condition(present, now, "NamespaceContentRemaining", null, "ContentRemoved", "All content successfully removed")
            : Condition(present, now, "NamespaceContentRemaining", "True", "SomeResourcesRemain", $"Some resources are remaining: {string.Join(", ", remaining.Order(StringComparer.Ordinal))}"),
        finalizers.Count == 0
            ? Condition(present, now, "NamespaceFinalizersRemaining", null, "ContentHasNoFinalizers", "All content-preserving finalizers finished")
            : Condition(present, now, "NamespaceFinalizersRemaining", "True", "SomeFinalizersRemain", $"Some content in the namespace has finalizers remaining: {string.Join(", ", finalizers)}"),
    ];

    private static V1NamespaceCondition Condition(IList<V1NamespaceCondition>? present, DateTime now, string type, string? status, string reason, string message)
    {
        var old = present?.FirstOrDefault(condition => condition.Type == type);
        status ??= "False";
        return new V1NamespaceCondition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
        };
    }
}
