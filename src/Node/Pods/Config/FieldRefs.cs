using System.Globalization;
using System.Text;
using k8s.Models;

namespace Coxswain.Node.Pods.Config;

/// <summary>The downward API: a Pod's own fields and its containers' resources as text.</summary>
internal static class FieldRefs
{
    /// <param name="live">What the API does not know yet: the Pod's addresses.</param>
    /// <exception cref="ConfigException">No such field.</exception>
    public static string Value(V1Pod pod, string path, PodFacts live)
    {
        if (Subscript(path) is var (map, key))
            return (map == "metadata.labels" ? pod.Metadata.Labels : pod.Metadata.Annotations)?.TryGetValue(key, out var value) == true ? value : "";
        return path switch
        {
            "metadata.name" => pod.Metadata.Name,
            "metadata.namespace" => pod.Metadata.NamespaceProperty,
            "metadata.uid" => pod.Metadata.Uid,
            "metadata.labels" => Lines(pod.Metadata.Labels),
            "metadata.annotations" => Lines(pod.Metadata.Annotations),
            "spec.nodeName" => pod.Spec.NodeName ?? "",
            "spec.serviceAccountName" => pod.Spec.ServiceAccountName ?? "",
            "spec.restartPolicy" => pod.RestartPolicy(),
            "spec.schedulerName" => pod.Spec.SchedulerName ?? "",
            "status.hostIP" => live.HostIps.Count > 0 ? live.HostIps[0] : "",
            "status.hostIPs" => string.Join(',', live.HostIps),
            "status.podIP" => live.PodIps.Count > 0 ? live.PodIps[0] : "",
            "status.podIPs" => string.Join(',', live.PodIps),
            _ => throw new ConfigException($"unsupported fieldPath: {path}"),
        };
    }

    /// <summary>Limits that are not set are the node's allocatable; requests that are not set are 0. Rounded up to whole divisors.</summary>
    public static string Value(V1Pod pod, V1ResourceFieldSelector selector, string? defaultContainer, PodFacts live)
    {
        var name = selector.ContainerName is { Length: > 0 } named ? named : defaultContainer;
        var container = pod.AllContainers().FirstOrDefault(c => c.Name == name) ?? throw new ConfigException($"container {name} not found");
        var dot = selector.Resource.IndexOf('.', StringComparison.Ordinal);
        var (side, resource) = dot < 0 ? ("", selector.Resource) : (selector.Resource[..dot], selector.Resource[(dot + 1)..]);
        var amount = side switch
        {
            "limits" => ResourceMath.Get(container.Resources?.Limits, resource) is > 0 and var limit ? limit : live.Allocatable.GetValueOrDefault(resource),
            "requests" => ResourceMath.Get(container.Resources?.Requests, resource) ?? ResourceMath.Get(container.Resources?.Limits, resource) ?? 0,
            _ => throw new ConfigException($"unsupported container resource : {selector.Resource}"),
        };
        var divisor = selector.Divisor?.ToDecimal() is > 0 and var set ? set : 1;
        return decimal.Ceiling(amount / divisor).ToString("0", CultureInfo.InvariantCulture);
    }

    /// <summary><c>metadata.labels['app']</c>.</summary>
    private static (string Map, string Key)? Subscript(string path)
    {
        var open = path.IndexOf("['", StringComparison.Ordinal);
        return open > 0 && path.EndsWith("']", StringComparison.Ordinal) ? (path[..open], path[(open + 2)..^2]) : null;
    }

    private static string Lines(IDictionary<string, string>? map) =>
        string.Join('\n', (map ?? new Dictionary<string, string>()).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={Quote(p.Value)}"));

    /// <summary>As Go's <c>%q</c> writes a string.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => $"\\x{(int)c:x2}",
                _ => c.ToString(),
            });
        }
        return quoted.Append('"').ToString();
    }
}
