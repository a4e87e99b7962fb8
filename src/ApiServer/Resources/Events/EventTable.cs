using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Events;

/// <summary>One table for both of the groups that show Events.</summary>
internal static class EventTable
{
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        new("Last Seen"), new("Type"), new("Reason"), new("Object"), new("Subobject", Priority: 1), new("Source", Priority: 1), new("Message"),
        new("First Seen", Priority: 1), new("Count", Priority: 1), new("Name", Priority: 1, Format: "name"),
    ];

    public static object?[] Row(Corev1Event value, DateTime now)
    {
        var first = HumanDuration.Since(value.FirstTimestamp ?? value.EventTime, now);
        var last = value.LastTimestamp is null ? first : HumanDuration.Since(value.LastTimestamp, now);
        var count = value.Count is null or 0 ? 1 : value.Count.Value;
        if (value.Series is { } series)
        {
            last = HumanDuration.Since(series.LastObservedTime, now);
            count = series.Count ?? 0;
        }
        return
        [
            last, value.Type ?? "", value.Reason ?? "", Target(value.InvolvedObject), value.InvolvedObject?.FieldPath ?? "", Source(value), (value.Message ?? "").Trim(),
            first, (long)count, value.Metadata.Name,
        ];
    }

    private static string Target(V1ObjectReference? o)
    {
        var kind = (o?.Kind ?? "").ToLowerInvariant();
        return string.IsNullOrEmpty(o?.Name) ? kind : $"{kind}/{o.Name}";
    }

    private static string Source(Corev1Event value)
    {
        var component = FirstNonEmpty(value.Source?.Component, value.ReportingComponent);
        var instance = FirstNonEmpty(value.Source?.Host, value.ReportingInstance);
        return instance.Length == 0 ? component : $"{component}, {instance}";
    }

    private static string FirstNonEmpty(string? a, string? b) => string.IsNullOrEmpty(a) ? b ?? "" : a;
}
