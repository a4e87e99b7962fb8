using k8s.Models;

namespace Coxswain.Scheduler;

/// <summary>
/// The nodes with what is taken on them, including Pods that are assumed: placed by this scheduler, their binding still under way. Not safe for use from two threads:
/// guarded by the scheduler's one lock.
/// </summary>
internal sealed class NodeCache
{
    private readonly Dictionary<string, NodeInfo> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (NodeInfo Node, PodInfo Pod)> _placed = new(StringComparer.Ordinal); // by the Pod's uid; bound or assumed
    private readonly HashSet<string> _assumed = new(StringComparer.Ordinal);

    /// <summary>The nodes that exist.</summary>
    public List<NodeInfo> Nodes { get; } = [];

    public NodeInfo? Find(string name) => _nodes.TryGetValue(name, out var info) && info.Node is not null ? info : null;

    public void SetNode(V1Node node)
    {
        var info = GetOrAdd(node.Metadata.Name);
        if (info.Node is null) Nodes.Add(info);
        info.Set(node);
    }

    public void RemoveNode(string name)
    {
        if (!_nodes.TryGetValue(name, out var info)) return;
        info.Set(null);
        Nodes.Remove(info);
        if (info.IsEmpty) _nodes.Remove(name);
    }

    /// <summary>A Pod that the API says is on a node; confirms an assumption, or corrects it.</summary>
    public void SetPod(V1Pod pod)
    {
        var uid = pod.Metadata.Uid;
        if (_placed.TryGetValue(uid, out var placed) && placed.Node.Name == pod.Spec.NodeName)
        {
            _assumed.Remove(uid);
            if (placed.Pod.Pod.Metadata.Generation == pod.Metadata.Generation) return; // else its resources may have been changed in place
        }
        RemovePod(uid);
        Place(new PodInfo(pod), pod.Spec.NodeName);
    }

    public bool RemovePod(string uid)
    {
        _assumed.Remove(uid);
        if (!_placed.Remove(uid, out var placed)) return false;
        placed.Node.Remove(uid);
        if (placed.Node.IsEmpty) _nodes.Remove(placed.Node.Name);
        return true;
    }

    public void Assume(PodInfo pod, string node)
    {
        Place(pod, node);
        _assumed.Add(pod.Uid);
    }

    public bool IsAssumed(string uid) => _assumed.Contains(uid);

    /// <summary>The binding came to nothing.</summary>
    public void Forget(string uid)
    {
        if (_assumed.Contains(uid)) RemovePod(uid);
    }

    private void Place(PodInfo pod, string node)
    {
        var info = GetOrAdd(node);
        info.Add(pod);
        _placed[pod.Uid] = (info, pod);
    }

    private NodeInfo GetOrAdd(string name) => _nodes.TryGetValue(name, out var info) ? info : _nodes[name] = new NodeInfo(name);
}
