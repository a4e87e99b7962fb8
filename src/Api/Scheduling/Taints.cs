using k8s.Models;

namespace Coxswain.Api;

/// <summary>Taints on nodes and the tolerations of Pods against them.</summary>
public static class Taints
{
    public const string NotReady = "node.kubernetes.io/not-ready";
    public const string Unreachable = "node.kubernetes.io/unreachable";
    public const string Unschedulable = "node.kubernetes.io/unschedulable";
    public const string MemoryPressure = "node.kubernetes.io/memory-pressure";
    public const string DiskPressure = "node.kubernetes.io/disk-pressure";
    public const string PidPressure = "node.kubernetes.io/pid-pressure";
    public const string NetworkUnavailable = "node.kubernetes.io/network-unavailable";

    public const string NoSchedule = "NoSchedule";
    public const string PreferNoSchedule = "PreferNoSchedule";
    public const string NoExecute = "NoExecute";

    /// <summary>An empty key with Exists tolerates every taint, an empty effect every effect, an empty operator means Equal.</summary>
    public static bool Tolerates(V1Toleration toleration, V1Taint taint)
    {
        if (!string.IsNullOrEmpty(toleration.Effect) && toleration.Effect != taint.Effect) return false;
        if (!string.IsNullOrEmpty(toleration.Key) && toleration.Key != taint.Key) return false;
        return toleration.OperatorProperty switch
        {
            "Exists" => true,
            null or "" or "Equal" => (toleration.Value ?? "") == (taint.Value ?? ""),
            "Lt" => Compare(taint, toleration) is < 0,
            "Gt" => Compare(taint, toleration) is > 0,
            _ => false,
        };
    }

    public static bool Tolerated(V1Taint taint, IList<V1Toleration>? tolerations)
    {
        foreach (var toleration in tolerations ?? []) if (Tolerates(toleration, taint)) return true;
        return false;
    }

    /// <summary>The first taint with one of the effects that nothing tolerates, or null.</summary>
    public static V1Taint? FirstUntolerated(IList<V1Taint>? taints, IList<V1Toleration>? tolerations, params ReadOnlySpan<string> effects)
    {
        foreach (var taint in taints ?? [])
        {
            if (effects.Contains(taint.Effect) && !Tolerated(taint, tolerations)) return taint;
        }
        return null;
    }

    public static bool Has(IList<V1Taint>? taints, string key, string effect)
    {
        foreach (var taint in taints ?? []) if (taint.Key == key && taint.Effect == effect) return true;
        return false;
    }

    private static int? Compare(V1Taint taint, V1Toleration toleration) =>
        long.TryParse(taint.Value, out var have) && long.TryParse(toleration.Value, out var limit) ? have.CompareTo(limit) : null;
}
