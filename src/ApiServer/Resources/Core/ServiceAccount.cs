using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal sealed class ServiceAccount : ResourceDefinition<V1ServiceAccount>
{
    public override ResourceType<V1ServiceAccount> Type => Kinds.ServiceAccounts;

    public override IReadOnlyList<TableColumn> Columns { get; } = [new("Name", Format: "name"), new("Age")];

    protected override object?[] Row(V1ServiceAccount value, DateTime now) => [value.Metadata.Name, TableCells.Age(value.Metadata, now)];
}
