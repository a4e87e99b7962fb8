using System.Globalization;
using Coxswain.Api;
using Coxswain.ApiServer.Resources.Apps;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal sealed class ReplicationController : ResourceDefinition<V1ReplicationController>
{
    public override ResourceType<V1ReplicationController> Type => Kinds.ReplicationControllers;

    public override bool OrphansByDefault => true;

    public override bool HasStatus => true;

    public override IReadOnlyList<string> SelectableFields { get; } = ["status.replicas"];

    public override IReadOnlyList<TableColumn> Columns => ReplicaTable.Columns;

    protected override ScaleAccess<V1ReplicationController> Scale { get; } = new(
        v => v.Spec.Replicas ?? 0, v => v.Status?.Replicas ?? 0, v => SelectorText.Format(v.Spec.Selector), (v, replicas) => v.Spec.Replicas = replicas);

    /// <summary>Selector and labels come from the template when left out, unlike in the apps group.</summary>
    protected override void Default(V1ReplicationController value)
    {
        value.Status ??= new V1ReplicationControllerStatus();
        var spec = value.Spec ??= new V1ReplicationControllerSpec();
        if (spec.Template?.Metadata?.Labels is { } labels)
        {
            if (spec.Selector is not { Count: > 0 }) spec.Selector = new Dictionary<string, string>(labels);
            if (value.Metadata.Labels is not { Count: > 0 }) value.Metadata.Labels = new Dictionary<string, string>(labels);
        }
        spec.Replicas ??= 1;
        if (spec.Template is not null) PodTemplates.Default(spec.Template);
    }

    protected override void PrepareForCreate(V1ReplicationController value)
    {
        value.Status = new V1ReplicationControllerStatus();
        Generations.Start(value.Metadata);
    }

    protected override void PrepareForUpdate(V1ReplicationController value, V1ReplicationController old)
    {
        value.Status = old.Status;
        Generations.Next(value.Metadata, old.Metadata, !Semantic.Equal(value.Spec, old.Spec));
    }

    protected override void PrepareForStatusUpdate(V1ReplicationController value, V1ReplicationController old)
    {
        value.Spec = old.Spec;
        Generations.Next(value.Metadata, old.Metadata, changed: false);
    }

    /// <summary>The same rule as for other kinds, in the words of upstream's newer validation.</summary>
    public override IReadOnlyList<string> ValidateName(string name, bool prefix) =>
        [.. base.ValidateName(name, prefix).Select(fault => fault == "must be no more than 253 characters" ? "must be no more than 253 bytes" : fault)];

    protected override void Validate(V1ReplicationController value, FieldErrors errors) => ReplicationControllerValidation.Spec(value.Spec, FieldPath.Root("spec"), errors);

    protected override void ValidateStatusUpdate(V1ReplicationController value, V1ReplicationController old, FieldErrors errors) => ReplicationControllerValidation.Status(value.Status, errors);

    protected override void Warnings(V1ReplicationController value, V1ReplicationController? old, List<string> warnings)
    {
        if (old is null) PodTemplates.NameWarning(value.Metadata, warnings);
        PodTemplates.Warnings(value.Spec.Template, value.Metadata, old?.Metadata, warnings);
    }

    protected override string? FieldValue(V1ReplicationController value, string field) => (value.Status?.Replicas ?? 0).ToString(CultureInfo.InvariantCulture);

    protected override object?[] Row(V1ReplicationController value, DateTime now) =>
        ReplicaTable.Row(value.Metadata, value.Spec.Replicas, value.Status?.Replicas, value.Status?.ReadyReplicas, value.Spec.Template, SelectorText.Format(value.Spec.Selector), now);
}
