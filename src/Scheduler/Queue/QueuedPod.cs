using k8s.Models;

namespace Coxswain.Scheduler;

/// <summary>A Pod that waits for a node.</summary>
internal sealed class QueuedPod(PodInfo info)
{
    public PodInfo Info { get; set; } = info;
    public V1Pod Pod => Info.Pod;
    public string Uid => Info.Uid;
    public int Priority => Pod.Spec.Priority ?? 0;
    /// <summary>Tries so far.</summary>
    public int Attempts { get; set; }
    /// <summary>By the steady clock.</summary>
    public TimeSpan LastTry { get; set; }
    /// <summary>What can help it, while it waits for that.</summary>
    public ClusterEvents HelpedBy { get; set; }
    public QueuePlace Place { get; set; }
    /// <summary>The queue has noted when its patience ends.</summary>
    public bool IsTimed { get; set; }
}

/// <summary>
/// Where a waiting Pod stands: Active (next to be tried), Backoff (soon, or as soon as no other is), ErrorBackoff (soon), Unschedulable (when something changes), InHand (being
/// tried or bound).
/// </summary>
internal enum QueuePlace { Active, Backoff, ErrorBackoff, Unschedulable, InHand }
