namespace Coxswain.Scheduler;

/// <summary>Picks a node for a Pod: those that pass every filter, of them the best by the scorers, of equals one at random.</summary>
internal sealed class NodePicker(Random random)
{
    /// <summary>In large clusters so many nodes that will do are enough to choose from; the search goes on where the last one stopped, so that all nodes get their turn.</summary>
    private const int EnoughNodes = 100;

    private readonly IFilter[] _filters = [new NodeUnschedulable(), new NodeName(), new TaintToleration(), new NodeAffinity(), new NodePorts(), new NodeResourcesFit()];
    private readonly IScorer[] _scorers = [new PreferredTaints(), new PreferredNodeAffinity(), new OwnerSpread(), new LeastAllocated(), new BalancedAllocation()];
    private readonly List<NodeInfo> _fitting = [];
    private readonly List<(Rejection Rejection, ClusterEvents HelpedBy)> _rejections = [];
    private long[] _scores = [];
    private long[] _totals = [];
    private int _next;

    public Placement Pick(PodInfo pod, NodeCache cache)
    {
        _fitting.Clear();
        _rejections.Clear();
        if (pod.OnlyNodes is { } names) FilterNamed(pod, cache, names);
        else FilterAll(pod, cache.Nodes);
        return _fitting.Count switch
        {
            0 => new Placement(null, Diagnose()),
            1 => new Placement(_fitting[0], null),
            _ => new Placement(Best(pod), null),
        };
    }

    private void FilterNamed(PodInfo pod, NodeCache cache, IReadOnlySet<string> names)
    {
        foreach (var name in names) if (cache.Find(name) is { } node) Filter(pod, node);
        var rest = cache.Nodes.Count - _fitting.Count - _rejections.Count;
        if (_fitting.Count > 0) return;
        for (var i = 0; i < rest; i++) _rejections.Add((NodeAffinity.NotNamed, NodeAffinity.NotNamed.HelpedBy));
    }

    private void FilterAll(PodInfo pod, List<NodeInfo> nodes)
    {
        var enough = pod.HasPreferences ? nodes.Count : EnoughNodes;
        var start = nodes.Count == 0 ? 0 : _next % nodes.Count;
        var looked = 0;
        for (; looked < nodes.Count && _fitting.Count < enough; looked++) Filter(pod, nodes[(start + looked) % nodes.Count]);
        _next = start + looked;
    }

    private void Filter(PodInfo pod, NodeInfo node)
    {
        foreach (var filter in _filters)
        {
            if (filter.Check(pod, node) is not { } rejection) continue;
            _rejections.Add((rejection, filter.HelpedBy));
            return;
        }
        _fitting.Add(node);
    }

    private NodeInfo Best(PodInfo pod)
    {
        var count = _fitting.Count;
        if (_scores.Length < count) (_scores, _totals) = (new long[count], new long[count]);
        var scores = _scores.AsSpan(0, count);
        var totals = _totals.AsSpan(0, count);
        totals.Clear();
        foreach (var scorer in _scorers)
        {
            for (var i = 0; i < count; i++) scores[i] = scorer.Score(pod, _fitting[i]);
            scorer.Normalize(scores);
            for (var i = 0; i < count; i++) totals[i] += scores[i] * scorer.Weight;
        }
        return _fitting[IndexOfBest(totals)];
    }

    private int IndexOfBest(ReadOnlySpan<long> totals)
    {
        var (best, equals) = (0, 1);
        for (var i = 1; i < totals.Length; i++)
        {
            if (totals[i] > totals[best]) (best, equals) = (i, 1);
            else if (totals[i] == totals[best] && random.Next(++equals) == 0) best = i; // each of the equals is as likely
        }
        return best;
    }

    private Diagnosis Diagnose()
    {
        var diagnosis = new Diagnosis();
        foreach (var (rejection, helpedBy) in _rejections) diagnosis.Add(rejection, helpedBy);
        return diagnosis;
    }
}
