using System.Text.Json;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Apps;

/// <summary>One of the states that a DaemonSet has had; what it holds never changes.</summary>
internal sealed class ControllerRevision : ResourceDefinition<V1ControllerRevision>
{
    public override ResourceType<V1ControllerRevision> Type => Kinds.ControllerRevisions;

    public override IReadOnlyList<TableColumn> Columns { get; } = [new("Name", Format: "name"), new("Controller"), new("Revision"), new("Age")];

    protected override void Default(V1ControllerRevision value) => value.Revision ??= 0;

    protected override void Validate(V1ControllerRevision value, FieldErrors errors)
    {
        if (value.Data is null) errors.Required(FieldPath.Root("data"), "data is mandatory");
        else if (value.Data is JsonElement { ValueKind: not JsonValueKind.Object }) errors.Required(FieldPath.Root("data"), "data must be a valid JSON object");
        if (value.Revision < 0) errors.Invalid(FieldPath.Root("revision"), value.Revision, "must be greater than or equal to 0");
    }

    protected override void ValidateUpdate(V1ControllerRevision value, V1ControllerRevision old, FieldErrors errors)
    {
        if (value.Data is JsonElement data && old.Data is JsonElement before && !JsonElement.DeepEquals(data, before)) errors.Invalid(FieldPath.Root("data"), data.GetRawText(), "field is immutable");
    }

    protected override object?[] Row(V1ControllerRevision value, DateTime now) => [value.Metadata.Name, Controller(value), value.Revision ?? 0, TableCells.Age(value.Metadata, now)];

    /// <summary><c>daemonset.apps/NAME</c>.</summary>
    private static string Controller(V1ControllerRevision value)
    {
        if (value.Metadata.OwnerReferences?.FirstOrDefault(reference => reference.Controller == true) is not { } owner) return "<none>";
        var group = owner.ApiVersion.Contains('/', StringComparison.Ordinal) ? $".{owner.ApiVersion.Split('/')[0]}" : "";
        return $"{owner.Kind.ToLowerInvariant()}{group}/{owner.Name}";
    }
}
