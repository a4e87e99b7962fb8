using System.Globalization;

namespace Coxswain.Scheduler;

/// <summary>Why no node took a Pod: what each node said.</summary>
internal sealed class Diagnosis
{
    private readonly SortedDictionary<string, int> _reasons = new(StringComparer.Ordinal);
    private int _nodes;
    private int _final;

    /// <summary>What may change the answer.</summary>
    public ClusterEvents HelpedBy { get; private set; } = ClusterEvents.NodeAdded;

    public void Add(Rejection rejection, ClusterEvents helpedBy)
    {
        _nodes++;
        if (rejection.IsFinal) _final++;
        HelpedBy |= helpedBy;
        foreach (var reason in rejection.Reasons) _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
    }

    /// <summary>The sentence that users know, in the order and punctuation they know it in.</summary>
    public string Describe(bool mayPreempt)
    {
        if (_nodes == 0) return "no nodes available to schedule pods";
        var counts = _reasons.Select(pair => $"{pair.Value} {pair.Key}").Order(StringComparer.Ordinal);
        return $"0/{_nodes} nodes are available: {string.Join(", ", counts)}. no new claims to deallocate, preemption: {Preemption(mayPreempt)}";
    }

    private string Preemption(bool mayPreempt)
    {
        if (!mayPreempt) return "not eligible due to preemptionPolicy=Never.";
        var parts = new List<string>();
        if (_nodes > _final) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{_nodes - _final} No preemption victims found for incoming pod"));
        if (_final > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{_final} Preemption is not helpful for scheduling"));
        return $"0/{_nodes} nodes are available: {string.Join(", ", parts.Order(StringComparer.Ordinal))}.";
    }
}
