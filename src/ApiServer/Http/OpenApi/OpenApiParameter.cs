namespace Coxswain.ApiServer.Http;

/// <summary>A parameter in the query string.</summary>
internal sealed record OpenApiParameter(string Name, string Type, string Description)
{
    private static readonly OpenApiParameter Pretty = new("pretty", "string", "Indent the answer.");
    private static readonly OpenApiParameter DryRun = new("dryRun", "string", "All: do everything but store the result.");

    public static IReadOnlyList<OpenApiParameter> Read { get; } = [Pretty];

    public static IReadOnlyList<OpenApiParameter> Write { get; } =
    [
        Pretty, DryRun,
        new("fieldManager", "string", "Who makes the change; at most 128 characters."),
        new("fieldValidation", "string", "Ignore, Warn or Strict: what to do about unknown and duplicate fields."),
    ];

    public static IReadOnlyList<OpenApiParameter> Delete { get; } =
    [
        Pretty, DryRun,
        new("gracePeriodSeconds", "integer", "Seconds to wait before the object is gone; 0 for at once."),
        new("orphanDependents", "boolean", "Superseded by propagationPolicy."),
        new("propagationPolicy", "string", "Orphan, Background or Foreground: what becomes of the objects that this one owns."),
    ];

    public static IReadOnlyList<OpenApiParameter> List { get; } =
    [
        Pretty,
        new("allowWatchBookmarks", "boolean", "Also send events that only carry a newer resourceVersion."),
        new("continue", "string", "Where the last chunk of a list ended."),
        new("fieldSelector", "string", "Only objects whose fields match."),
        new("labelSelector", "string", "Only objects whose labels match."),
        new("limit", "integer", "At most so many objects in one answer."),
        new("resourceVersion", "string", "How new the answer has to be."),
        new("resourceVersionMatch", "string", "How resourceVersion is meant."),
        new("sendInitialEvents", "boolean", "Begin a watch with the objects that exist."),
        new("timeoutSeconds", "integer", "End a watch after this time."),
        new("watch", "boolean", "Send changes as they happen."),
    ];
}
