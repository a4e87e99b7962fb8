using Coxswain.Api;
using Coxswain.ApiServer.Resources.Events;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal sealed class Event : ResourceDefinition<Corev1Event>
{
    public override ResourceType<Corev1Event> Type => Kinds.Events;

    public override bool AllowCreateOnUpdate => true;

    public override bool MayHaveDependents => false;

    public override bool AlwaysChunks => true;

    public override IReadOnlyList<string> SelectableFields { get; } =
    [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
        "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
    ];

    public override IReadOnlyList<TableColumn> Columns => EventTable.Columns;

    protected override void Default(Corev1Event value)
    {
        value.InvolvedObject ??= new V1ObjectReference();
        value.Source ??= new V1EventSource();
        value.ReportingComponent ??= "";
        value.ReportingInstance ??= "";
    }

    /// <summary>The names of events are nobody's business but their writer's; they need only fit into a path.</summary>
    public override IReadOnlyList<string> ValidateName(string name, bool prefix) => NameRules.PathSegment(name);

    protected override void Validate(Corev1Event value, FieldErrors errors) => EventValidation.Loose(value, errors);

    protected override string? FieldValue(Corev1Event value, string field) => field switch
    {
        "involvedObject.kind" => value.InvolvedObject?.Kind,
        "involvedObject.namespace" => value.InvolvedObject?.NamespaceProperty,
        "involvedObject.name" => value.InvolvedObject?.Name,
        "involvedObject.uid" => value.InvolvedObject?.Uid,
        "involvedObject.apiVersion" => value.InvolvedObject?.ApiVersion,
        "involvedObject.resourceVersion" => value.InvolvedObject?.ResourceVersion,
        "involvedObject.fieldPath" => value.InvolvedObject?.FieldPath,
        "reason" => value.Reason,
        "reportingComponent" => value.ReportingComponent,
        "source" => string.IsNullOrEmpty(value.Source?.Component) ? value.ReportingComponent : value.Source.Component,
        "type" => value.Type,
        _ => null,
    } ?? "";

    protected override object?[] Row(Corev1Event value, DateTime now) => EventTable.Row(value, now);
}
