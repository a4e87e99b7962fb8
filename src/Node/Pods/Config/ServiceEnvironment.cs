using k8s.Models;

namespace Coxswain.Node.Pods.Config;

/// <summary>The variables through which containers find Services without DNS: <c>WEB_SERVICE_HOST</c>, <c>WEB_PORT_80_TCP_ADDR</c> ...</summary>
internal static class ServiceEnvironment
{
    /// <param name="services">Of all namespaces.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(V1Pod pod, IEnumerable<V1Service> services)
    {
        var links = pod.Spec.EnableServiceLinks != false;
        foreach (var service in services.OrderBy(s => s.Metadata.Name, StringComparer.Ordinal))
        {
            var master = service.Metadata is { Name: "kubernetes", NamespaceProperty: "default" };
            var own = links && service.Metadata.NamespaceProperty == pod.Metadata.NamespaceProperty;
            if ((!master && !own) || service.Spec.ClusterIP is null or "" or "None" || service.Spec.Ports is not { Count: > 0 }) continue;
            foreach (var pair in Of(service)) yield return pair;
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Of(V1Service service)
    {
        var (name, ip, ports) = (Name(service.Metadata.Name), service.Spec.ClusterIP, service.Spec.Ports);
        var host = ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]" : ip;
        yield return new($"{name}_SERVICE_HOST", ip);
        yield return new($"{name}_SERVICE_PORT", $"{ports[0].Port}");
        foreach (var port in ports)
            if (port.Name is { Length: > 0 } named) yield return new($"{name}_SERVICE_PORT_{Name(named)}", $"{port.Port}");
        for (var i = 0; i < ports.Count; i++)
        {
            var protocol = ports[i].Protocol is { Length: > 0 } p ? p : "TCP";
            var url = $"{protocol.ToLowerInvariant()}://{host}:{ports[i].Port}";
            var prefix = $"{name}_PORT_{ports[i].Port}_{protocol.ToUpperInvariant()}";
            if (i == 0) yield return new($"{name}_PORT", url);
            yield return new(prefix, url);
            yield return new($"{prefix}_PROTO", protocol.ToLowerInvariant());
            yield return new($"{prefix}_PORT", $"{ports[i].Port}");
            yield return new($"{prefix}_ADDR", ip);
        }
    }

    private static string Name(string text) => text.ToUpperInvariant().Replace('-', '_');
}
