using System.Globalization;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Apps;

internal sealed class ReplicaSet : ResourceDefinition<V1ReplicaSet>
{
    public override ResourceType<V1ReplicaSet> Type => Kinds.ReplicaSets;

    public override bool HasStatus => true;

    public override IReadOnlyList<string> SelectableFields { get; } = ["status.replicas"];

    public override IReadOnlyList<TableColumn> Columns => ReplicaTable.Columns;

    protected override ScaleAccess<V1ReplicaSet> Scale { get; } = new(
        v => v.Spec.Replicas ?? 0, v => v.Status?.Replicas ?? 0, v => SelectorText.Format(v.Spec.Selector), (v, replicas) => v.Spec.Replicas = replicas);

    protected override void Default(V1ReplicaSet value)
    {
        value.Status ??= new V1ReplicaSetStatus();
        var spec = value.Spec ??= new V1ReplicaSetSpec();
        spec.Replicas ??= 1;
        spec.Template ??= new V1PodTemplateSpec();
        PodTemplates.Default(spec.Template);
    }

    protected override void PrepareForCreate(V1ReplicaSet value)
    {
        value.Status = new V1ReplicaSetStatus();
        Generations.Start(value.Metadata);
    }

    protected override void PrepareForUpdate(V1ReplicaSet value, V1ReplicaSet old)
    {
        value.Status = old.Status;
        Generations.Next(value.Metadata, old.Metadata, !Semantic.Equal(value.Spec, old.Spec));
    }

    protected override void PrepareForStatusUpdate(V1ReplicaSet value, V1ReplicaSet old)
    {
        value.Spec = old.Spec;
        Generations.Next(value.Metadata, old.Metadata, changed: false);
    }

    protected override string? FieldValue(V1ReplicaSet value, string field) => (value.Status?.Replicas ?? 0).ToString(CultureInfo.InvariantCulture);

    protected override void Validate(V1ReplicaSet value, FieldErrors errors) => ReplicaSetValidation.Spec(value.Spec, FieldPath.Root("spec"), errors);

    protected override void ValidateUpdate(V1ReplicaSet value, V1ReplicaSet old, FieldErrors errors) => SelectorRules.Immutable(value.Spec.Selector, old.Spec.Selector, errors);

    protected override void ValidateStatusUpdate(V1ReplicaSet value, V1ReplicaSet old, FieldErrors errors) => ReplicaSetValidation.Status(value.Status, errors);

    protected override void Warnings(V1ReplicaSet value, V1ReplicaSet? old, List<string> warnings)
    {
        if (old is null) PodTemplates.NameWarning(value.Metadata, warnings);
        PodTemplates.Warnings(value.Spec.Template, value.Metadata, old?.Metadata, warnings);
    }

    protected override object?[] Row(V1ReplicaSet value, DateTime now) =>
        ReplicaTable.Row(value.Metadata, value.Spec.Replicas, value.Status?.Replicas, value.Status?.ReadyReplicas, value.Spec.Template, SelectorText.Format(value.Spec.Selector), now);
}
