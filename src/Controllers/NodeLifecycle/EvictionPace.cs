using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>
/// How fast nodes that are not ready are emptied: of each zone one in ten seconds. Where more than half of a zone is not ready the fault is likelier between it and here: then
/// slower, or, in a zone of no more than fifty nodes, not at all. A zone that is down as a whole is emptied for the others to take over.
/// </summary>
/// <remarks>The numbers are upstream's defaults.</remarks>
internal sealed class EvictionPace
{
    private const double Unhealthy = 0.55;
    private const int LargeZone = 50;
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(100);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string? Region, string? Zone), (string Node, TimeSpan At)> _last = []; // by zone; under _lock

    /// <summary>Between two nodes of the zone that <paramref name="node"/> is in; null for never.</summary>
    /// <param name="nodes">All; what <paramref name="node"/> itself says counts before what stands here.</param>
    public static TimeSpan? Interval(V1Node node, IEnumerable<V1Node> nodes)
    {
        var zone = ZoneOf(node);
        var (ready, not) = (0, 0);
        foreach (var each in nodes)
        {
            if (ZoneOf(each) != zone) continue;
            if (NodeTaints.StatusOf(each.Metadata.Name == node.Metadata.Name ? node : each, "Ready") == "True") ready++;
            else not++;
        }
        if (ready == 0 || not <= 2 || (double)not / (ready + not) < Unhealthy) return Usual;
        return ready + not > LargeZone ? Slow : null;
    }

    /// <summary>Zero: the node is next; it may ask again. Otherwise how long others have to wait.</summary>
    /// <param name="now">By the steady clock.</param>
    public TimeSpan Wait(V1Node node, TimeSpan interval, TimeSpan now)
    {
        var (zone, name) = (ZoneOf(node), node.Metadata.Name);
        lock (_lock)
        {
            if (_last.TryGetValue(zone, out var last) && last.At + interval > now) return last.Node == name ? TimeSpan.Zero : last.At + interval - now;
            _last[zone] = (name, now);
            return TimeSpan.Zero;
        }
    }

    private static (string? Region, string? Zone) ZoneOf(V1Node node) => (Label(node, "topology.kubernetes.io/region"), Label(node, "topology.kubernetes.io/zone"));

    private static string? Label(V1Node node, string key) => node.Metadata.Labels?.TryGetValue(key, out var value) == true ? value : null;
}
