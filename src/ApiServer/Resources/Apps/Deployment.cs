using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Apps;

internal sealed class Deployment : ResourceDefinition<V1Deployment>
{
    public override ResourceType<V1Deployment> Type => Kinds.Deployments;

    public override bool HasStatus => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        new("Name", Format: "name"), new("Ready"), new("Up-to-date"), new("Available"), new("Age"),
        new("Containers", Priority: 1), new("Images", Priority: 1), new("Selector", Priority: 1),
    ];

    protected override ScaleAccess<V1Deployment> Scale { get; } = new(
        v => v.Spec.Replicas ?? 0, v => v.Status?.Replicas ?? 0, v => SelectorText.Format(v.Spec.Selector), (v, replicas) => v.Spec.Replicas = replicas);

    protected override void Default(V1Deployment value)
    {
        value.Status ??= new V1DeploymentStatus();
        var spec = value.Spec ??= new V1DeploymentSpec();
        spec.Replicas ??= 1;
        spec.RevisionHistoryLimit ??= 10;
        spec.ProgressDeadlineSeconds ??= 600;
        spec.Template ??= new V1PodTemplateSpec();
        PodTemplates.Default(spec.Template);
        DefaultStrategy(spec.Strategy ??= new V1DeploymentStrategy());
    }

    private static void DefaultStrategy(V1DeploymentStrategy strategy)
    {
        if (string.IsNullOrEmpty(strategy.Type)) strategy.Type = "RollingUpdate";
        if (strategy.Type != "RollingUpdate") return;
        var rolling = strategy.RollingUpdate ??= new V1RollingUpdateDeployment();
        rolling.MaxUnavailable ??= "25%";
        rolling.MaxSurge ??= "25%";
    }

    protected override void PrepareForCreate(V1Deployment value)
    {
        value.Status = new V1DeploymentStatus();
        Generations.Start(value.Metadata);
    }

    /// <summary>Annotations count as a change too: they are handed on to the ReplicaSets.</summary>
    protected override void PrepareForUpdate(V1Deployment value, V1Deployment old)
    {
        value.Status = old.Status;
        Generations.Next(value.Metadata, old.Metadata, !Semantic.Equal(value.Spec, old.Spec) || !Semantic.Equal(value.Metadata.Annotations, old.Metadata.Annotations));
    }

    protected override void PrepareForStatusUpdate(V1Deployment value, V1Deployment old)
    {
        value.Spec = old.Spec;
        value.Metadata.Labels = old.Metadata.Labels;
        Generations.Next(value.Metadata, old.Metadata, changed: false);
    }

    protected override void Validate(V1Deployment value, FieldErrors errors) => DeploymentValidation.Spec(value.Spec, FieldPath.Root("spec"), errors);

    protected override void ValidateUpdate(V1Deployment value, V1Deployment old, FieldErrors errors) => SelectorRules.Immutable(value.Spec.Selector, old.Spec.Selector, errors);

    protected override void ValidateStatusUpdate(V1Deployment value, V1Deployment old, FieldErrors errors) => DeploymentValidation.Status(value.Status, old.Status, errors);

    protected override void Warnings(V1Deployment value, V1Deployment? old, List<string> warnings)
    {
        if (old is null) PodTemplates.NameWarning(value.Metadata, warnings);
        PodTemplates.Warnings(value.Spec.Template, value.Metadata, old?.Metadata, warnings);
    }

    protected override object?[] Row(V1Deployment value, DateTime now)
    {
        var status = value.Status;
        return
        [
            value.Metadata.Name, $"{status?.ReadyReplicas ?? 0}/{value.Spec.Replicas ?? 0}", (long)(status?.UpdatedReplicas ?? 0), (long)(status?.AvailableReplicas ?? 0),
            TableCells.Age(value.Metadata, now), TableCells.Containers(value.Spec.Template), TableCells.Images(value.Spec.Template), SelectorText.Format(value.Spec.Selector),
        ];
    }
}
