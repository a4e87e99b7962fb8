using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal static class EndpointsValidation
{
    public static void Subsets(IList<V1EndpointSubset> subsets, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < subsets.Count; i++) Subset(subsets[i], path.Index(i), errors);
    }

    private static void Subset(V1EndpointSubset subset, FieldPath path, FieldErrors errors)
    {
        var (ready, waiting, ports) = (subset.Addresses ?? [], subset.NotReadyAddresses ?? [], subset.Ports ?? []);
        if (ready.Count == 0 && waiting.Count == 0) errors.Required(path, "must specify `addresses` or `notReadyAddresses`");
        for (var i = 0; i < ready.Count; i++) Address(ready[i], path.Child("addresses").Index(i), errors);
        for (var i = 0; i < waiting.Count; i++) Address(waiting[i], path.Child("notReadyAddresses").Index(i), errors);
        for (var i = 0; i < ports.Count; i++) Port(ports[i], ports.Count > 1, path.Child("ports").Index(i), errors);
    }

    private static void Address(V1EndpointAddress address, FieldPath path, FieldErrors errors)
    {
        var ip = address.Ip ?? "";
        errors.InvalidAll(path.Child("ip"), ip, ValueRules.Ip(ip));
        if (!string.IsNullOrEmpty(address.Hostname)) Rules.Label(address.Hostname, path.Child("hostname"), errors);
        if (address.NodeName is { } node) errors.InvalidAll(path.Child("nodeName"), node, NameRules.Dns1123Subdomain(node));
        Rules.NonSpecialIp(ip, path.Child("ip"), errors);
    }

    private static void Port(Corev1EndpointPort port, bool needsName, FieldPath path, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(port.Name)) Rules.Label(port.Name, path.Child("name"), errors);
        else if (needsName) errors.Required(path.Child("name"));
        errors.InvalidAll(path.Child("port"), port.Port, ValueRules.PortNumber(port.Port));
        Rules.Protocol(port.Protocol, path.Child("protocol"), errors);
        if (port.AppProtocol is { } application) Rules.QualifiedName(application, path.Child("appProtocol"), errors);
    }
}
