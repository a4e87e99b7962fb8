using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal sealed class ConfigMap : ResourceDefinition<V1ConfigMap>
{
    public override ResourceType<V1ConfigMap> Type => Kinds.ConfigMaps;

    public override IReadOnlyList<TableColumn> Columns { get; } = [new("Name", Format: "name"), new("Data"), new("Age")];

    protected override object?[] Row(V1ConfigMap value, DateTime now) =>
        [value.Metadata.Name, (long)((value.Data?.Count ?? 0) + (value.BinaryData?.Count ?? 0)), TableCells.Age(value.Metadata, now)];
}
