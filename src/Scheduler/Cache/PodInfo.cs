using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Scheduler;

/// <summary>A port taken on the node itself. An empty or 0.0.0.0 address stands for all addresses.</summary>
internal readonly record struct HostPort(string Ip, string Protocol, int Port)
{
    public bool ConflictsWith(HostPort other) =>
        Port == other.Port && Protocol == other.Protocol && (Ip == other.Ip || Ip is "" or "0.0.0.0" || other.Ip is "" or "0.0.0.0");
}

/// <summary>A Pod and what was worked out about it once.</summary>
internal sealed class PodInfo
{
    public PodInfo(V1Pod pod)
    {
        Pod = pod;
        Requests = PodRequests.Of(pod);
        (ScoringCpu, ScoringMemory) = PodRequests.ForScoring(pod, Requests);
        HostPorts = PortsOf(pod.Spec);
        OwnerUid = OwnerReferences.ControllerOf(pod)?.Uid;
        OnlyNodes = NodeNames(pod.Spec);
    }

    public V1Pod Pod { get; }
    public string Uid => Pod.Metadata.Uid;
    public ResourceAmounts Requests { get; }
    public long ScoringCpu { get; }
    public long ScoringMemory { get; }
    public IReadOnlyList<HostPort> HostPorts { get; }
    /// <summary>Pods of one owner are spread over the nodes.</summary>
    public string? OwnerUid { get; }
    /// <summary>The only nodes in question, by name (daemons ask so); null for any.</summary>
    public IReadOnlySet<string>? OnlyNodes { get; }

    public bool HasPreferences => Pod.Spec.Affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution is { Count: > 0 };

    private static HostPort[] PortsOf(V1PodSpec spec)
    {
        List<HostPort>? ports = null; // hardly any Pod has one
        foreach (var container in (spec.InitContainers ?? []).Where(container => container.RestartPolicy == "Always").Concat(spec.Containers ?? []))
        {
            foreach (var port in container.Ports ?? [])
            {
                if (port.HostPort is > 0) (ports ??= []).Add(new HostPort(port.HostIP ?? "", port.Protocol ?? "TCP", port.HostPort.Value));
            }
        }
        return ports?.ToArray() ?? [];
    }

    private static HashSet<string>? NodeNames(V1PodSpec spec)
    {
        if (spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms is not { Count: > 0 } terms) return null;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var term in terms)
        {
            var field = term.MatchFields?.FirstOrDefault(requirement => requirement is { Key: "metadata.name", OperatorProperty: "In" });
            if (field is null) return null; // one alternative that names no node leaves all in question
            names.UnionWith(field.Values);
        }
        return names;
    }
}
