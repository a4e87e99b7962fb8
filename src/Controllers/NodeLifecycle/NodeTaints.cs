using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>The taints that a node's state calls for. All other taints are their owners' and stay as they are.</summary>
internal static class NodeTaints
{
    private static readonly (string Condition, string Taint)[] Pressures =
    [
        ("MemoryPressure", Taints.MemoryPressure), ("DiskPressure", Taints.DiskPressure), ("PIDPressure", Taints.PidPressure), ("NetworkUnavailable", Taints.NetworkUnavailable),
    ];

    /// <summary>The node's taints as they should be, or null when they are.</summary>
    /// <param name="evict">Also drive Pods off a node that is not ready (NoExecute).</param>
    public static List<V1Taint>? Wanted(V1Node node, bool evict, DateTime now)
    {
        var ready = StatusOf(node, "Ready");
        var state = ready switch { "True" or null => null, "Unknown" => Taints.Unreachable, _ => Taints.NotReady };
        var wanted = new List<(string Key, string Effect)>();
        if (state is not null || ready is null) wanted.Add((state ?? Taints.NotReady, Taints.NoSchedule));
        foreach (var (condition, taint) in Pressures) if (StatusOf(node, condition) == "True") wanted.Add((taint, Taints.NoSchedule));
        if (node.Spec?.Unschedulable == true) wanted.Add((Taints.Unschedulable, Taints.NoSchedule));
        if (state is not null && evict) wanted.Add((state, Taints.NoExecute));

        var present = node.Spec?.Taints ?? [];
        List<V1Taint> taints = [.. present.Where(taint => !IsOurs(taint) || wanted.Contains((taint.Key, taint.Effect)))];
        var added = wanted.Where(want => !Taints.Has(present, want.Key, want.Effect)).ToList();
        if (added.Count == 0 && taints.Count == present.Count) return null;
        taints.AddRange(added.Select(want => new V1Taint { Key = want.Key, Effect = want.Effect, TimeAdded = now }));
        return taints;
    }

    /// <summary>Whether Pods are being driven off already, for one of the two reasons.</summary>
    public static bool IsEmptied(V1Node node) => node.Spec?.Taints is { } taints && (Taints.Has(taints, Taints.NotReady, Taints.NoExecute) || Taints.Has(taints, Taints.Unreachable, Taints.NoExecute));

    public static string? StatusOf(V1Node node, string condition) => node.Status?.Conditions?.FirstOrDefault(candidate => candidate.Type == condition)?.Status;

    private static bool IsOurs(V1Taint taint) => (taint.Key, taint.Effect) is
        (Taints.NotReady or Taints.Unreachable, Taints.NoSchedule or Taints.NoExecute)
        or (Taints.MemoryPressure or Taints.DiskPressure or Taints.PidPressure or Taints.NetworkUnavailable or Taints.Unschedulable, Taints.NoSchedule);
}
