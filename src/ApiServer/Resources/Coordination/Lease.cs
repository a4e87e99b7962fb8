using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Coordination;

internal sealed class Lease : ResourceDefinition<V1Lease>
{
    public override ResourceType<V1Lease> Type => Kinds.Leases;

    public override bool AllowCreateOnUpdate => true;
    public override bool AllowUnconditionalUpdate => false;

    public override IReadOnlyList<TableColumn> Columns { get; } = [new("Name", Format: "name"), new("Holder"), new("Age")];

    protected override void Default(V1Lease value) => value.Spec ??= new V1LeaseSpec();

    protected override object?[] Row(V1Lease value, DateTime now) => [value.Metadata.Name, value.Spec?.HolderIdentity ?? "", TableCells.Age(value.Metadata, now)];
}
