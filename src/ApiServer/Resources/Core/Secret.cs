using System.Text;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal sealed class Secret : ResourceDefinition<V1Secret>
{
    internal const string ImmutableText = "field is immutable when `immutable` is set";

    public override ResourceType<V1Secret> Type => Kinds.Secrets;

    public override IReadOnlyList<string> SelectableFields { get; } = ["type"];

    public override IReadOnlyList<TableColumn> Columns { get; } = [new("Name", Format: "name"), new("Type"), new("Data"), new("Age")];

    protected override void Default(V1Secret value)
    {
        if (string.IsNullOrEmpty(value.Type)) value.Type = "Opaque";
        // stringData is for writing only: it wins over data and is never stored.
        if (value.StringData is not { Count: > 0 }) return;
        value.Data ??= new Dictionary<string, byte[]>();
        foreach (var (key, text) in value.StringData) value.Data[key] = Encoding.UTF8.GetBytes(text);
        value.StringData = null;
    }

    protected override void Validate(V1Secret value, FieldErrors errors) => SecretValidation.Secret(value, errors);

    protected override void ValidateUpdate(V1Secret value, V1Secret old, FieldErrors errors)
    {
        Rules.Immutable(value.Type == old.Type, value.Type, FieldPath.Root("type"), errors);
        if (old.Immutable != true) return;
        if (value.Immutable != true) errors.Forbidden(FieldPath.Root("immutable"), ImmutableText);
        if (!Semantic.Equal(value.Data, old.Data)) errors.Forbidden(FieldPath.Root("data"), ImmutableText);
    }

    protected override void Warnings(V1Secret value, V1Secret? old, List<string> warnings)
    {
        if (SecretWarnings.ForTls(value) is { } warning) warnings.Add(warning);
    }

    protected override string? FieldValue(V1Secret value, string field) => value.Type;

    protected override object?[] Row(V1Secret value, DateTime now) =>
        [value.Metadata.Name, value.Type, (long)(value.Data?.Count ?? 0), TableCells.Age(value.Metadata, now)];
}
