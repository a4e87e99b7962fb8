using k8s.Models;

namespace Coxswain.Scheduler;

/// <summary>A node and all that runs or is about to run on it.</summary>
internal sealed class NodeInfo(string name)
{
    private readonly Dictionary<string, PodInfo> _pods = new(StringComparer.Ordinal); // by uid
    private readonly Dictionary<string, int> _byOwner = new(StringComparer.Ordinal);
    private readonly List<HostPort> _ports = [];

    public string Name => name;
    /// <summary>Null when Pods name a node that is not there (yet, or any more).</summary>
    public V1Node? Node { get; private set; }
    public ResourceAmounts Allocatable { get; private set; } = new();
    public ResourceAmounts Requested { get; } = new();
    public long ScoringCpu { get; private set; }
    public long ScoringMemory { get; private set; }
    public int PodCount => _pods.Count;
    public bool IsEmpty => Node is null && _pods.Count == 0;

    public int CountOf(string ownerUid) => _byOwner.GetValueOrDefault(ownerUid);

    public bool HasConflict(HostPort wanted)
    {
        foreach (var port in _ports) if (port.ConflictsWith(wanted)) return true;
        return false;
    }

    public void Set(V1Node? node)
    {
        Node = node;
        Allocatable = ResourceAmounts.From(node?.Status?.Allocatable);
    }

    public void Add(PodInfo pod)
    {
        if (!_pods.TryAdd(pod.Uid, pod)) return;
        Requested.Add(pod.Requests);
        ScoringCpu += pod.ScoringCpu;
        ScoringMemory += pod.ScoringMemory;
        _ports.AddRange(pod.HostPorts);
        if (pod.OwnerUid is { } owner) _byOwner[owner] = CountOf(owner) + 1;
    }

    public void Remove(string uid)
    {
        if (!_pods.Remove(uid, out var pod)) return;
        Requested.Subtract(pod.Requests);
        ScoringCpu -= pod.ScoringCpu;
        ScoringMemory -= pod.ScoringMemory;
        foreach (var port in pod.HostPorts) _ports.Remove(port);
        if (pod.OwnerUid is not { } owner) return;
        if (_byOwner[owner] == 1) _byOwner.Remove(owner);
        else _byOwner[owner]--;
    }
}
