using System.Net.Sockets;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Discovery;

internal static class EndpointSliceValidation
{
    private const int MaximumEndpoints = 1000, MaximumAddresses = 100, MaximumPorts = 20000, MaximumHints = 8, MaximumTopologyLabels = 16;

    public static void Slice(V1EndpointSlice value, FieldErrors errors)
    {
        var type = FieldPath.Root("addressType");
        if (string.IsNullOrEmpty(value.AddressType)) errors.Required(type);
        else if (value.AddressType is not ("FQDN" or "IPv4" or "IPv6")) errors.NotSupported(type, value.AddressType, "FQDN", "IPv4", "IPv6");
        Endpoints(value.Endpoints ?? [], value.AddressType, FieldPath.Root("endpoints"), errors);
        Ports(value.Ports ?? [], FieldPath.Root("ports"), errors);
    }

    private static void Endpoints(IList<V1Endpoint> endpoints, string? type, FieldPath path, FieldErrors errors)
    {
        if (endpoints.Count > MaximumEndpoints)
        {
            errors.TooMany(path, endpoints.Count, MaximumEndpoints);
            return;
        }
        for (var i = 0; i < endpoints.Count; i++) Endpoint(endpoints[i], type, path.Index(i), errors);
    }

    private static void Endpoint(V1Endpoint endpoint, string? type, FieldPath path, FieldErrors errors)
    {
        var (addresses, at) = (endpoint.Addresses ?? [], path.Child("addresses"));
        if (addresses.Count == 0) errors.Required(at, "must contain at least 1 address");
        else if (addresses.Count > MaximumAddresses) errors.TooMany(at, addresses.Count, MaximumAddresses);
        for (var i = 0; i < addresses.Count; i++) Address(addresses[i] ?? "", type, at.Index(i), errors);

        if (endpoint.NodeName is { } node) errors.InvalidAll(path.Child("nodeName"), node, NameRules.Dns1123Subdomain(node));
        var topology = path.Child("deprecatedTopology");
        if (endpoint.DeprecatedTopology is { Count: > MaximumTopologyLabels } many) errors.TooMany(topology, many.Count, MaximumTopologyLabels);
        LabelRules.Labels(endpoint.DeprecatedTopology, topology, errors);
        if (endpoint.Hostname is { } host) Rules.Label(host, path.Child("hostname"), errors);
        if (endpoint.Hints is { } hints) Hints(hints, path.Child("hints"), errors);
    }

    private static void Address(string address, string? type, FieldPath path, FieldErrors errors)
    {
        switch (type)
        {
            case "IPv4" or "IPv6":
                var family = type == "IPv4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
                if (ValueRules.Ip(address) is { Count: > 0 } faults)
                {
                    errors.InvalidAll(path, address, faults);
                    return;
                }
                if (ValueRules.ParseIp(address)!.AddressFamily != family) errors.Invalid(path, address, $"must be an {type} address");
                Rules.NonSpecialIp(address, path, errors);
                break;
            case "FQDN":
                DomainName(address, path, errors);
                break;
        }
    }

    private static void DomainName(string name, FieldPath path, FieldErrors errors)
    {
        if (name.Length == 0)
        {
            errors.Required(path);
            return;
        }
        if (name.EndsWith('.')) name = name[..^1];
        if (NameRules.Dns1123Subdomain(name) is { Count: > 0 } faults)
        {
            errors.Invalid(path, name, string.Join(',', faults));
            return;
        }
        var labels = name.Split('.');
        if (labels.Length < 2) errors.Invalid(path, name, "should be a domain with at least two segments separated by dots");
        else foreach (var label in labels) errors.InvalidAll(path, label, NameRules.Dns1123Label(label));
    }

    private static void Hints(V1EndpointHints hints, FieldPath path, FieldErrors errors)
    {
        Names(hints.ForZones?.Select(z => z.Name).ToList() ?? [], path.Child("forZones"), NameRules.LabelValue, errors);
        Names(hints.ForNodes?.Select(n => n.Name).ToList() ?? [], path.Child("forNodes"), NameRules.Dns1123Subdomain, errors);
    }

    private static void Names(List<string> names, FieldPath path, Func<string, IReadOnlyList<string>> rule, FieldErrors errors)
    {
        if (names.Count > MaximumHints)
        {
            errors.TooMany(path, names.Count, MaximumHints);
            return;
        }
        var seen = new HashSet<string>();
        for (var i = 0; i < names.Count; i++)
        {
            var (name, at) = (names[i] ?? "", path.Index(i).Child("name"));
            if (!seen.Add(name)) errors.Duplicate(at, name);
            errors.InvalidAll(at, name, rule(name));
        }
    }

    private static void Ports(IList<Discoveryv1EndpointPort> ports, FieldPath path, FieldErrors errors)
    {
        if (ports.Count > MaximumPorts)
        {
            errors.TooMany(path, ports.Count, MaximumPorts);
            return;
        }
        var seen = new HashSet<string>();
        for (var i = 0; i < ports.Count; i++)
        {
            var (port, at) = (ports[i], path.Index(i));
            var name = port.Name ?? "";
            if (name.Length > 0) Rules.Label(name, at.Child("name"), errors);
            if (!seen.Add(name)) errors.Duplicate(at.Child("name"), name);
            Rules.Protocol(port.Protocol, at.Child("protocol"), errors);
            if (port.AppProtocol is { } application) Rules.QualifiedName(application, at.Child("appProtocol"), errors);
        }
    }
}
