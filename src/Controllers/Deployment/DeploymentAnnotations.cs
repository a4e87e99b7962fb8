using System.Globalization;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>What a Deployment notes on itself and its ReplicaSets: kubectl's rollout commands read it.</summary>
internal static class DeploymentAnnotations
{
    public const string Revision = "deployment.kubernetes.io/revision";
    private const string RevisionHistory = "deployment.kubernetes.io/revision-history";
    private const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    private const string MaxReplicas = "deployment.kubernetes.io/max-replicas";
    private const int MaxHistoryLength = 2000;

    private static readonly HashSet<string> NotCopied =
    [
        "kubectl.kubernetes.io/last-applied-configuration", Revision, RevisionHistory, DesiredReplicas, MaxReplicas, "deprecated.deployment.rollback.to",
    ];

    public static long RevisionOf(IDictionary<string, string>? annotations) => Number(annotations, Revision) ?? 0;

    public static int? DesiredOf(V1ReplicaSet replicaSet) => (int?)Number(replicaSet.Metadata.Annotations, DesiredReplicas);

    public static int? MaxOf(V1ReplicaSet replicaSet) => (int?)Number(replicaSet.Metadata.Annotations, MaxReplicas);

    /// <summary>The annotations that the newest ReplicaSet is to bear: the Deployment's own, the new revision, and the revisions that it was before.</summary>
    public static Dictionary<string, string> ForNewest(V1Deployment deployment, IDictionary<string, string>? present, long revision)
    {
        var wanted = new Dictionary<string, string>(present ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var (key, value) in deployment.Metadata.Annotations ?? new Dictionary<string, string>())
        {
            if (!NotCopied.Contains(key)) wanted[key] = value;
        }
        var old = Number(wanted, Revision);
        if ((old ?? 0) >= revision) return wanted;
        wanted[Revision] = revision.ToString(CultureInfo.InvariantCulture);
        if (old is { } before) AddToHistory(wanted, before);
        return wanted;
    }

    public static void SetSize(IDictionary<string, string> annotations, int desired, int max)
    {
        annotations[DesiredReplicas] = desired.ToString(CultureInfo.InvariantCulture);
        annotations[MaxReplicas] = max.ToString(CultureInfo.InvariantCulture);
    }

    private static void AddToHistory(Dictionary<string, string> annotations, long revision)
    {
        List<string> history = annotations.TryGetValue(RevisionHistory, out var known) && known.Length > 0 ? [.. known.Split(',')] : [];
        history.Add(revision.ToString(CultureInfo.InvariantCulture));
        while (history.Count > 1 && history.Sum(item => item.Length + 1) > MaxHistoryLength) history.RemoveAt(0);
        annotations[RevisionHistory] = string.Join(',', history);
    }

    private static long? Number(IDictionary<string, string>? annotations, string key) =>
        annotations is not null && annotations.TryGetValue(key, out var text) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
