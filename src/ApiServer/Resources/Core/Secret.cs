using System.Text;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal sealed class Secret : ResourceDefinition<V1Secret>
{
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

    protected override string? FieldValue(V1Secret value, string field) => value.Type;

    protected override object?[] Row(V1Secret value, DateTime now) =>
        [value.Metadata.Name, value.Type, (long)(value.Data?.Count ?? 0), TableCells.Age(value.Metadata, now)];
}
