using System.Globalization;
using k8s.Models;
using Coxswain.Api;

namespace Coxswain.Controllers;

/// <summary>Where a Service's ports lead on one Pod.</summary>
internal static class ServiceTargets
{
    /// <summary>A port of the Service and the number it has on the Pod.</summary>
    public readonly record struct Port(string? Name, int Number, string Protocol, string? AppProtocol);

    /// <summary>The ports that this Pod serves, in the Service's order; a named port that it does not have is left out.</summary>
    public static IEnumerable<Port> PortsOn(V1Service service, V1Pod pod)
    {
        foreach (var port in service.Spec.Ports ?? [])
        {
            if (Resolve(port, pod) is { } number) yield return new Port(string.IsNullOrEmpty(port.Name) ? null : port.Name, number, port.Protocol ?? "TCP", port.AppProtocol);
        }
    }

    /// <summary>Whether a Pod belongs among the endpoints at all, ready or not.</summary>
    public static bool IsCandidate(V1Pod pod, bool includeTerminating) =>
        !PodState.IsTerminal(pod) && !string.IsNullOrEmpty(pod.Status?.PodIP) && (includeTerminating || !PodState.IsTerminating(pod));

    public static bool IsHeadless(V1Service service) => service.Spec.ClusterIP == "None";

    /// <summary>The name that DNS gives the Pod under the Service, if it asks for one.</summary>
    public static string? Hostname(V1Service service, V1Pod pod) =>
        !string.IsNullOrEmpty(pod.Spec.Hostname) && pod.Spec.Subdomain == service.Metadata.Name ? pod.Spec.Hostname : null;

    public static V1ObjectReference Reference(V1Pod pod) =>
        new() { Kind = "Pod", NamespaceProperty = pod.Metadata.NamespaceProperty, Name = pod.Metadata.Name, Uid = pod.Metadata.Uid };

    /// <summary>When the newest of the changes behind these endpoints happened: network tools measure their delay from it.</summary>
    public static string LastChange(V1Service service, IEnumerable<V1Pod> pods)
    {
        var last = service.Metadata.CreationTimestamp ?? DateTime.UnixEpoch;
        foreach (var pod in pods)
        {
            if (PodState.Condition(pod, "Ready")?.LastTransitionTime is { } changed && changed > last) last = changed;
        }
        return last.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
    }

    private static int? Resolve(V1ServicePort port, V1Pod pod)
    {
        var target = port.TargetPort?.Value;
        if (string.IsNullOrEmpty(target) || target == "0") return port.Port;
        if (int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        var protocol = port.Protocol ?? "TCP";
        // Sidecars, init containers that keep running, serve too.
        foreach (var container in (pod.Spec.InitContainers ?? []).Where(container => container.RestartPolicy == "Always").Concat(pod.Spec.Containers))
        {
            foreach (var candidate in container.Ports ?? [])
            {
                if (candidate.Name == target && (candidate.Protocol ?? "TCP") == protocol) return candidate.ContainerPort;
            }
        }
        return null;
    }
}
