using System.Net;
using System.Net.Sockets;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>What the subsets of Endpoints look like as EndpointSlices: one for each set of ports and address family.</summary>
internal static class MirroredSlices
{
    /// <summary>Of a subset; what is beyond that is left out.</summary>
    public const int MaxAddresses = 1000;

    /// <summary>Slices without a name yet.</summary>
    public static IEnumerable<V1EndpointSlice> Of(V1Endpoints endpoints)
    {
        var slices = new Dictionary<string, V1EndpointSlice>(StringComparer.Ordinal);
        foreach (var subset in endpoints.Subsets ?? [])
        {
            var ready = (subset.Addresses ?? []).Select(address => (Address: address, Ready: true));
            foreach (var (address, isReady) in ready.Concat((subset.NotReadyAddresses ?? []).Select(address => (Address: address, Ready: false))).Take(MaxAddresses))
            {
                if (!IPAddress.TryParse(address.Ip, out var ip)) continue;
                var family = ip.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
                var wanted = New(family, subset);
                var key = $"{family} {Encode(wanted.Ports)}";
                if (!slices.TryGetValue(key, out var slice)) slices[key] = slice = wanted;
                slice.Endpoints.Add(Endpoint(address, isReady));
            }
        }
        return slices.Values;
    }

    public static bool SamePorts(V1EndpointSlice a, V1EndpointSlice b) => Encode(a.Ports) == Encode(b.Ports);

    /// <summary>By all that comes from the Endpoints.</summary>
    public static bool Same(V1EndpointSlice a, V1EndpointSlice b) =>
        StatusComparer.Same(Content(a), Content(b)) && Same(a.Metadata.Labels, b.Metadata.Labels) && Same(a.Metadata.Annotations, b.Metadata.Annotations);

    private static V1EndpointSlice New(string family, V1EndpointSubset subset)
    {
        var slice = Kinds.EndpointSlices.New(null, null);
        slice.AddressType = family;
        slice.Endpoints = [];
        if (subset.Ports is { Count: > 0 }) slice.Ports = [.. subset.Ports.Select(port => new Discoveryv1EndpointPort { Name = port.Name ?? "", Port = port.Port, Protocol = port.Protocol ?? "TCP", AppProtocol = port.AppProtocol })];
        return slice;
    }

    private static V1Endpoint Endpoint(V1EndpointAddress address, bool ready) => new()
    {
        Addresses = [address.Ip],
        Conditions = new V1EndpointConditions { Ready = ready },
        Hostname = string.IsNullOrEmpty(address.Hostname) ? null : address.Hostname,
        NodeName = address.NodeName,
        TargetRef = address.TargetRef,
    };

    private static V1EndpointSlice Content(V1EndpointSlice slice) =>
        new() { AddressType = slice.AddressType, Endpoints = slice.Endpoints is { Count: > 0 } ? slice.Endpoints : null, Ports = slice.Ports is { Count: > 0 } ? slice.Ports : null };

    private static string Encode(IList<Discoveryv1EndpointPort>? ports) =>
        string.Join(',', (ports ?? []).Select(port => $"{port.Name}/{port.Port}/{port.Protocol}/{port.AppProtocol}").Order(StringComparer.Ordinal));

    private static bool Same(IDictionary<string, string>? a, IDictionary<string, string>? b) =>
        (a?.Count ?? 0) == (b?.Count ?? 0) && (a is null || a.All(pair => b!.TryGetValue(pair.Key, out var value) && value == pair.Value));
}
