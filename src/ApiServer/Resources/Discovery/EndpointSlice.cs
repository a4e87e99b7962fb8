using System.Globalization;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Discovery;

internal sealed class EndpointSlice : ResourceDefinition<V1EndpointSlice>
{
    public override ResourceType<V1EndpointSlice> Type => Kinds.EndpointSlices;

    public override IReadOnlyList<TableColumn> Columns { get; } = [new("Name", Format: "name"), new("AddressType"), new("Ports"), new("Endpoints"), new("Age")];

    protected override void Default(V1EndpointSlice value)
    {
        // Upstream keeps no difference between an empty list and none, and writes null.
        if (value.Endpoints is { Count: 0 }) value.Endpoints = null;
        if (value.Ports is { Count: 0 }) value.Ports = null;
        foreach (var port in value.Ports ?? [])
        {
            port.Name ??= "";
            if (string.IsNullOrEmpty(port.Protocol)) port.Protocol = "TCP";
        }
    }

    protected override void PrepareForCreate(V1EndpointSlice value) => value.Metadata.Generation = 1;

    /// <summary>There is no spec: any change to what is served, or to the labels it is found by, is a new generation.</summary>
    protected override void PrepareForUpdate(V1EndpointSlice value, V1EndpointSlice old)
    {
        var same = value.AddressType == old.AddressType && Semantic.Equal(value.Ports, old.Ports) && Semantic.Equal(value.Endpoints, old.Endpoints)
            && Semantic.Equal(value.Metadata.Labels, old.Metadata.Labels);
        value.Metadata.Generation = (old.Metadata.Generation ?? 0) + (same ? 0 : 1);
    }

    protected override void Validate(V1EndpointSlice value, FieldErrors errors) => EndpointSliceValidation.Slice(value, errors);

    protected override void ValidateUpdate(V1EndpointSlice value, V1EndpointSlice old, FieldErrors errors) =>
        Rules.Immutable(value.AddressType == old.AddressType, value.AddressType, FieldPath.Root("addressType"), errors);

    protected override void Warnings(V1EndpointSlice value, V1EndpointSlice? old, List<string> warnings)
    {
        if (value.AddressType != "IPv6") return; // only these can be spelt in two ways
        for (var i = 0; i < (value.Endpoints?.Count ?? 0); i++)
            for (var j = 0; j < (value.Endpoints![i].Addresses?.Count ?? 0); j++)
                AddressWarnings.Ip(value.Endpoints[i].Addresses[j], $"endpoints[{i}].addresses[{j}]", warnings);
    }

    protected override object?[] Row(V1EndpointSlice value, DateTime now) =>
    [
        value.Metadata.Name, value.AddressType ?? "", OrUnset((value.Ports ?? []).Select(PortText)), OrUnset((value.Endpoints ?? []).SelectMany(e => e.Addresses ?? [])),
        TableCells.Age(value.Metadata, now),
    ];

    private static string PortText(Discoveryv1EndpointPort port) => port.Port?.ToString(CultureInfo.InvariantCulture) ?? port.Name ?? "*";

    private static string OrUnset(IEnumerable<string> items)
    {
        var text = TableCells.Truncated(items);
        return text.Length == 0 ? "<unset>" : text;
    }
}
