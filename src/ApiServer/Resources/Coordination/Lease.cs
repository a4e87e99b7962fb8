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

    protected override void Validate(V1Lease value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Root("spec"));
        if (spec.LeaseDurationSeconds <= 0) errors.Invalid(path.Child("leaseDurationSeconds"), spec.LeaseDurationSeconds, "must be greater than 0");
        if (spec.LeaseTransitions < 0) errors.Invalid(path.Child("leaseTransitions"), spec.LeaseTransitions, "must be greater than or equal to 0");
        if (spec.Strategy is { } strategy) Strategy(strategy, path.Child("strategy").Child("strategy"), errors);
        if (!string.IsNullOrEmpty(spec.PreferredHolder) && string.IsNullOrEmpty(spec.Strategy))
            errors.Forbidden(path.Child("preferredHolder"), "may only be specified if `strategy` is defined");
    }

    /// <summary>Names without a prefix are Kubernetes' own, and there is one.</summary>
    private static void Strategy(string strategy, FieldPath path, FieldErrors errors)
    {
        if (strategy.Contains('/', StringComparison.Ordinal)) Rules.QualifiedName(strategy, path, errors);
        else if (strategy != "OldestEmulationVersion") errors.NotSupported(path, strategy, "OldestEmulationVersion");
    }

    protected override object?[] Row(V1Lease value, DateTime now) => [value.Metadata.Name, value.Spec?.HolderIdentity ?? "", TableCells.Age(value.Metadata, now)];
}
