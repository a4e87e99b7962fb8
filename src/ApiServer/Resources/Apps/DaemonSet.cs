using System.Globalization;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Apps;

internal sealed class DaemonSet : ResourceDefinition<V1DaemonSet>
{
    /// <summary>Where the count of template changes lives since its field went away; clients may not set it.</summary>
    private const string TemplateGeneration = "deprecated.daemonset.template.generation";

    public override ResourceType<V1DaemonSet> Type => Kinds.DaemonSets;

    public override bool HasStatus => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        new("Name", Format: "name"), new("Desired", "integer"), new("Current", "integer"), new("Ready", "integer"), new("Up-to-date", "integer"), new("Available", "integer"),
        new("Node Selector"), new("Age"), new("Containers", Priority: 1), new("Images", Priority: 1), new("Selector", Priority: 1),
    ];

    protected override void Default(V1DaemonSet value)
    {
        value.Status ??= new V1DaemonSetStatus();
        var spec = value.Spec ??= new V1DaemonSetSpec();
        spec.RevisionHistoryLimit ??= 10;
        spec.Template ??= new V1PodTemplateSpec();
        PodTemplates.Default(spec.Template);
        DefaultStrategy(spec.UpdateStrategy ??= new V1DaemonSetUpdateStrategy());
    }

    private static void DefaultStrategy(V1DaemonSetUpdateStrategy strategy)
    {
        if (string.IsNullOrEmpty(strategy.Type)) strategy.Type = "RollingUpdate";
        if (strategy.Type != "RollingUpdate") return;
        var rolling = strategy.RollingUpdate ??= new V1RollingUpdateDaemonSet();
        rolling.MaxUnavailable ??= 1;
        rolling.MaxSurge ??= 0;
    }

    protected override void PrepareForCreate(V1DaemonSet value)
    {
        value.Status = new V1DaemonSetStatus();
        Generations.Start(value.Metadata);
        SetTemplateGeneration(value, Math.Max(1, TemplateGenerationOf(value)));
    }

    protected override void PrepareForUpdate(V1DaemonSet value, V1DaemonSet old)
    {
        value.Status = old.Status;
        var newTemplate = !Semantic.Equal(value.Spec.Template, old.Spec.Template);
        SetTemplateGeneration(value, TemplateGenerationOf(old) + (newTemplate ? 1 : 0));
        Generations.Next(value.Metadata, old.Metadata, !Semantic.Equal(value.Spec, old.Spec));
    }

    protected override void PrepareForStatusUpdate(V1DaemonSet value, V1DaemonSet old)
    {
        value.Spec = old.Spec;
        SetTemplateGeneration(value, TemplateGenerationOf(old));
        Generations.Next(value.Metadata, old.Metadata, changed: false);
    }

    protected override void Validate(V1DaemonSet value, FieldErrors errors) => DaemonSetValidation.Spec(value.Spec, FieldPath.Root("spec"), errors);

    protected override void ValidateUpdate(V1DaemonSet value, V1DaemonSet old, FieldErrors errors) => SelectorRules.Immutable(value.Spec.Selector, old.Spec.Selector, errors);

    protected override void ValidateStatusUpdate(V1DaemonSet value, V1DaemonSet old, FieldErrors errors) => DaemonSetValidation.Status(value.Status, old.Status, errors);

    protected override void Warnings(V1DaemonSet value, V1DaemonSet? old, List<string> warnings) =>
        PodTemplates.Warnings(value.Spec.Template, value.Metadata, old?.Metadata, warnings);

    protected override object?[] Row(V1DaemonSet value, DateTime now)
    {
        var (status, template) = (value.Status, value.Spec.Template);
        return
        [
            value.Metadata.Name, (long)(status?.DesiredNumberScheduled ?? 0), (long)(status?.CurrentNumberScheduled ?? 0), (long)(status?.NumberReady ?? 0),
            (long)(status?.UpdatedNumberScheduled ?? 0), (long)(status?.NumberAvailable ?? 0), SelectorText.OrNone(SelectorText.Format(template.Spec?.NodeSelector)),
            TableCells.Age(value.Metadata, now), TableCells.Containers(template), TableCells.Images(template), SelectorText.OrNone(SelectorText.Format(value.Spec.Selector)),
        ];
    }

    private static long TemplateGenerationOf(V1DaemonSet value) =>
        value.Metadata.Annotations is { } annotations && annotations.TryGetValue(TemplateGeneration, out var text)
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static void SetTemplateGeneration(V1DaemonSet value, long number)
    {
        value.Metadata.Annotations ??= new Dictionary<string, string>();
        value.Metadata.Annotations[TemplateGeneration] = number.ToString(CultureInfo.InvariantCulture);
    }
}
