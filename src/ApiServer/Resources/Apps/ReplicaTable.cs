using k8s.Models;

namespace Coxswain.ApiServer.Resources.Apps;

/// <summary>How ReplicaSets and ReplicationControllers are listed.</summary>
internal static class ReplicaTable
{
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        new("Name", Format: "name"), new("Desired", "integer"), new("Current", "integer"), new("Ready", "integer"), new("Age"),
        new("Containers", Priority: 1), new("Images", Priority: 1), new("Selector", Priority: 1),
    ];

    /// <param name="selector">As text; empty for none.</param>
    public static object?[] Row(V1ObjectMeta metadata, int? desired, int? current, int? ready, V1PodTemplateSpec? template, string selector, DateTime now) =>
    [
        metadata.Name, (long)(desired ?? 0), (long)(current ?? 0), (long)(ready ?? 0), TableCells.Age(metadata, now),
        TableCells.Containers(template), TableCells.Images(template), SelectorText.OrNone(selector),
    ];
}
