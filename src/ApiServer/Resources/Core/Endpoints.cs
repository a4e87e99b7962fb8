using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal sealed class Endpoints : ResourceDefinition<V1Endpoints>
{
    public override ResourceType<V1Endpoints> Type => Kinds.Endpoints;

    public override bool AllowCreateOnUpdate => true;

    public override IReadOnlyList<TableColumn> Columns { get; } = [new("Name", Format: "name"), new("Endpoints"), new("Age")];

    protected override void Default(V1Endpoints value)
    {
        foreach (var subset in value.Subsets ?? [])
        {
            foreach (var port in subset.Ports ?? [])
                if (string.IsNullOrEmpty(port.Protocol)) port.Protocol = "TCP";
        }
    }

    public override string? Deprecation => "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice";

    protected override void Validate(V1Endpoints value, FieldErrors errors) => EndpointsValidation.Subsets(value.Subsets ?? [], FieldPath.Root("subsets"), errors);

    protected override void Warnings(V1Endpoints value, V1Endpoints? old, List<string> warnings)
    {
        for (var i = 0; i < (value.Subsets?.Count ?? 0); i++)
        {
            Addresses(value.Subsets![i].Addresses, $"subsets[{i}].addresses", warnings);
            Addresses(value.Subsets[i].NotReadyAddresses, $"subsets[{i}].notReadyAddresses", warnings);
        }
    }

    private static void Addresses(IList<V1EndpointAddress>? addresses, string field, List<string> warnings)
    {
        for (var i = 0; i < (addresses?.Count ?? 0); i++) AddressWarnings.Ip(addresses![i].Ip, $"{field}[{i}].ip", warnings);
    }

    protected override object?[] Row(V1Endpoints value, DateTime now) =>
        [value.Metadata.Name, value.Subsets is not { Count: > 0 } subsets ? "<none>" : TableCells.Truncated(subsets.SelectMany(Targets)), TableCells.Age(value.Metadata, now)];

    private static IEnumerable<string> Targets(V1EndpointSubset subset)
    {
        var addresses = (subset.Addresses ?? []).Select(a => a.Ip);
        return subset.Ports is not { Count: > 0 } ports ? addresses : ports.SelectMany(p => addresses.Select(a => a.Contains(':', StringComparison.Ordinal) ? $"[{a}]:{p.Port}" : $"{a}:{p.Port}"));
    }
}
