using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Events;

/// <summary>Events are checked loosely as core/v1 (old clients write them) and strictly as events.k8s.io/v1. An event time tells a new event from an old one.</summary>
internal static class EventValidation
{
    private const int MaximumLength = 128, MaximumNote = 1024;

    public static void Loose(Corev1Event value, FieldErrors errors)
    {
        if (value.EventTime is null) OldNamespace(value, errors);
        else Recent(value, errors);
    }

    /// <summary>What a create through events.k8s.io/v1 must obey besides <see cref="Loose"/>.</summary>
    public static void Strict(Corev1Event value, FieldErrors errors)
    {
        if (NameRules.PathSegment(value.Metadata.Name ?? "").Count == 0) errors.InvalidAll(FieldPath.Root("metadata").Child("name"), value.Metadata.Name, NameRules.Dns1123Subdomain(value.Metadata.Name ?? ""));
        Series(value.Series, errors);
        if (value.EventTime is null) errors.Required(FieldPath.Root("eventTime"));
        if (value.Type is not ("Normal" or "Warning")) errors.Invalid(FieldPath.Root("type"), "", $"has invalid value: {value.Type}");
        const string unset = "needs to be unset";
        if (value.FirstTimestamp is not null) errors.Invalid(FieldPath.Root("firstTimestamp"), "", unset);
        if (value.LastTimestamp is not null) errors.Invalid(FieldPath.Root("lastTimestamp"), "", unset);
        if (value.Count is not (null or 0)) errors.Invalid(FieldPath.Root("count"), "", unset);
        if (!string.IsNullOrEmpty(value.Source?.Component) || !string.IsNullOrEmpty(value.Source?.Host)) errors.Invalid(FieldPath.Root("source"), "", unset);
    }

    /// <summary>What an update through events.k8s.io/v1 must obey besides <see cref="Loose"/>: only the series goes on.</summary>
    public static void StrictUpdate(Corev1Event value, Corev1Event old, FieldErrors errors)
    {
        if (!Semantic.Equal(value.Series, old.Series)) Series(value.Series, errors);
        Rules.Immutable(Semantic.Equal(value.InvolvedObject, old.InvolvedObject), Reference(value.InvolvedObject), FieldPath.Root("involvedObject"), errors);
        Text(value.Reason, old.Reason, "reason", errors);
        Text(value.Message, old.Message, "message", errors);
        Rules.Immutable(value.FirstTimestamp == old.FirstTimestamp, Time(value.FirstTimestamp), FieldPath.Root("firstTimestamp"), errors);
        Rules.Immutable(value.LastTimestamp == old.LastTimestamp, Time(value.LastTimestamp), FieldPath.Root("lastTimestamp"), errors);
        Rules.Immutable((value.Count ?? 0) == (old.Count ?? 0), value.Count ?? 0, FieldPath.Root("count"), errors);
        Text(value.Type, old.Type, "type", errors);
        Rules.Immutable(value.EventTime == old.EventTime, Time(value.EventTime), FieldPath.Root("eventTime"), errors);
        Text(value.Action, old.Action, "action", errors);
        Rules.Immutable(Semantic.Equal(value.Related, old.Related), Reference(value.Related), FieldPath.Root("related"), errors);
        Text(value.ReportingComponent, old.ReportingComponent, "reportingController", errors);
        Text(value.ReportingInstance, old.ReportingInstance, "reportingInstance", errors);
    }

    /// <summary>An event lies in its object's namespace; events about cluster-scoped objects in <c>default</c>.</summary>
    private static void OldNamespace(Corev1Event value, FieldErrors errors)
    {
        var (own, about) = (value.Metadata.NamespaceProperty ?? "", value.InvolvedObject?.NamespaceProperty ?? "");
        if (about.Length == 0 ? own is not ("" or "default") : own != about) NamespaceMismatch(about, errors);
    }

    private static void Recent(Corev1Event value, FieldErrors errors)
    {
        var about = value.InvolvedObject?.NamespaceProperty ?? "";
        if (about.Length == 0 && value.Metadata.NamespaceProperty is not ("default" or "kube-system")) NamespaceMismatch(about, errors);
        var controller = FieldPath.Root("reportingController");
        if (string.IsNullOrEmpty(value.ReportingComponent)) errors.Required(controller);
        Rules.QualifiedName(value.ReportingComponent ?? "", controller, errors);
        Bounded(value.ReportingInstance, "reportingInstance", errors);
        Bounded(value.Action, "action", errors);
        Bounded(value.Reason, "reason", errors);
        if (System.Text.Encoding.UTF8.GetByteCount(value.Message ?? "") > MaximumNote) errors.Invalid(FieldPath.Root("message"), "", $"can have at most {MaximumNote} characters");
    }

    private static void NamespaceMismatch(string about, FieldErrors errors) =>
        errors.Invalid(FieldPath.Root("involvedObject").Child("namespace"), about, "does not match event.namespace");

    private static void Bounded(string? text, string field, FieldErrors errors)
    {
        var path = FieldPath.Root(field);
        if (string.IsNullOrEmpty(text)) errors.Required(path);
        else if (System.Text.Encoding.UTF8.GetByteCount(text) > MaximumLength) errors.Invalid(path, "", $"can have at most {MaximumLength} characters");
    }

    private static void Series(Corev1EventSeries? series, FieldErrors errors)
    {
        if (series is null) return;
        if (series.Count is null or < 2) errors.Invalid(FieldPath.Root("series.count"), "", "should be at least 2");
        if (series.LastObservedTime is null || series.LastObservedTime == default(DateTime)) errors.Required(FieldPath.Root("series.lastObservedTime"));
    }

    private static void Text(string? value, string? old, string field, FieldErrors errors) =>
        Rules.Immutable((value ?? "") == (old ?? ""), value ?? "", FieldPath.Root(field), errors);

    private static GoJson Time(DateTime? time) =>
        GoJson.Text(time?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));

    private static GoJson Reference(V1ObjectReference? o) => o is null ? GoJson.Null : GoJson.Fields(
        ("Kind", GoJson.Text(o.Kind ?? "")), ("Namespace", GoJson.Text(o.NamespaceProperty ?? "")), ("Name", GoJson.Text(o.Name ?? "")), ("UID", GoJson.Text(o.Uid ?? "")),
        ("APIVersion", GoJson.Text(o.ApiVersion ?? "")), ("ResourceVersion", GoJson.Text(o.ResourceVersion ?? "")), ("FieldPath", GoJson.Text(o.FieldPath ?? "")));
}
