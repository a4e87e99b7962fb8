using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources;

/// <summary>Cells that several kinds print alike.</summary>
internal static class TableCells
{
    /// <summary>Of kinds that nobody wrote columns for.</summary>
    public static IReadOnlyList<TableColumn> PlainColumns { get; } = [new("Name", Format: "name"), new("Created At", Type: "date")];

    /// <summary>The cells of <see cref="PlainColumns"/>; an object that was never made is as old as time is in Go.</summary>
    public static object?[] Plain(V1ObjectMeta metadata) =>
        [metadata.Name ?? "", (metadata.CreationTimestamp ?? default).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)];

    public static string Age(V1ObjectMeta metadata, DateTime now) => HumanDuration.Since(metadata.CreationTimestamp, now);

    public static string Containers(V1PodTemplateSpec? template) => string.Join(',', template?.Spec?.Containers?.Select(c => c.Name) ?? []);

    public static string Images(V1PodTemplateSpec? template) => string.Join(',', template?.Spec?.Containers?.Select(c => c.Image) ?? []);

    /// <summary>At most <paramref name="max"/> items, then how many more there are: <c>a,b,c + 2 more...</c>.</summary>
    public static string Truncated(IEnumerable<string> items, int max = 3)
    {
        var all = items.ToList();
        return all.Count <= max ? string.Join(',', all) : $"{string.Join(',', all.Take(max))} + {all.Count - max} more...";
    }
}
