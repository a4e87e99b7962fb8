using k8s.Models;

namespace Coxswain.Scheduler;

/// <summary>
/// The Pods without a node.
/// <code>
///   new ─▸ Active ─▸ InHand ─▸ (bound, gone)
///            ▴  ▴       ├─ no node ─▸ Unschedulable ─ something changed ─┐
///            │  └───────┼────────────────────────────────────────────────┤ waited enough
///            └─ Backoff ◂─ failed ───────────────────────────────────────┘ not yet
/// </code>
/// A Pod that nothing helps for five minutes is tried all the same, and says anew why it waits.
/// </summary>
/// <remarks>Not safe for use from two threads: guarded by the scheduler's one lock.</remarks>
internal sealed class SchedulingQueue(TimeProvider time)
{
    private static readonly TimeSpan MinBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxUnschedulable = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, QueuedPod> _pods = new(StringComparer.Ordinal); // all, by uid
    private readonly PriorityQueue<QueuedPod, (int Priority, long Order)> _active = new(); // entries whose Pod is no longer Active are skipped
    private readonly PriorityQueue<QueuedPod, DateTimeOffset> _backoff = new(); // likewise
    private readonly HashSet<QueuedPod> _unschedulable = [];
    private readonly PriorityQueue<(QueuedPod Pod, int Attempt), DateTimeOffset> _patience = new(); // entries whose Pod has been tried since are skipped
    private long _order;

    /// <summary>Takes in a Pod, or its newer state.</summary>
    public void Set(V1Pod pod)
    {
        if (!_pods.TryGetValue(pod.Metadata.Uid, out var queued))
        {
            queued = new QueuedPod(new PodInfo(pod));
            _pods.Add(queued.Uid, queued);
            Activate(queued);
            return;
        }
        var changed = queued.Pod.Metadata.Generation != pod.Metadata.Generation;
        queued.Info = new PodInfo(pod);
        if (changed && queued.Place == QueuePlace.Unschedulable) Wake(queued); // its own new spec may fit
    }

    public void Remove(string uid)
    {
        if (!_pods.Remove(uid, out var queued)) return;
        _unschedulable.Remove(queued);
        queued.Place = QueuePlace.InHand; // whatever heap still holds it passes over it
    }

    public QueuedPod? Find(string uid) => _pods.GetValueOrDefault(uid);

    public QueuedPod? TakeNext()
    {
        while (_active.TryDequeue(out var queued, out _))
        {
            if (queued.Place != QueuePlace.Active) continue;
            queued.Place = QueuePlace.InHand;
            queued.Attempts++;
            queued.LastTry = time.GetUtcNow();
            return queued;
        }
        return null;
    }

    /// <summary>No node would do: wait for one of the changes.</summary>
    public void WaitFor(QueuedPod queued, ClusterEvents helpedBy)
    {
        if (!_pods.ContainsKey(queued.Uid)) return;
        queued.Place = QueuePlace.Unschedulable;
        queued.HelpedBy = helpedBy;
        _unschedulable.Add(queued);
        _patience.Enqueue((queued, queued.Attempts), queued.LastTry + MaxUnschedulable);
    }

    /// <summary>Something failed that has nothing to do with the nodes: try again soon.</summary>
    public void Retry(QueuedPod queued)
    {
        if (_pods.ContainsKey(queued.Uid)) Wake(queued);
    }

    /// <returns>Whether any Pod is to be looked at because of it.</returns>
    public bool Wake(ClusterEvents happened)
    {
        if (_unschedulable.Count == 0) return false;
        var woken = _unschedulable.Where(queued => (queued.HelpedBy & happened) != 0).ToList();
        foreach (var queued in woken) Wake(queued);
        return woken.Count > 0;
    }

    /// <summary>Moves what has waited enough; tells when to look again, or null.</summary>
    public DateTimeOffset? MoveDue()
    {
        var patience = MoveImpatient();
        while (_backoff.TryPeek(out var queued, out var due))
        {
            if (queued.Place == QueuePlace.Backoff && due > time.GetUtcNow()) return patience < due ? patience : due;
            _backoff.Dequeue();
            if (queued.Place == QueuePlace.Backoff) Activate(queued);
        }
        return patience;
    }

    private DateTimeOffset? MoveImpatient()
    {
        while (_patience.TryPeek(out var waiting, out var due))
        {
            var waits = waiting.Pod.Place == QueuePlace.Unschedulable && waiting.Pod.Attempts == waiting.Attempt;
            if (waits && due > time.GetUtcNow()) return due;
            _patience.Dequeue();
            if (waits) Wake(waiting.Pod);
        }
        return null;
    }

    private void Wake(QueuedPod queued)
    {
        _unschedulable.Remove(queued);
        var wait = MinBackoff * Math.Pow(2, Math.Clamp(queued.Attempts - 1, 0, 10));
        var due = queued.LastTry + (wait < MaxBackoff ? wait : MaxBackoff);
        if (due <= time.GetUtcNow())
        {
            Activate(queued);
            return;
        }
        queued.Place = QueuePlace.Backoff;
        _backoff.Enqueue(queued, due);
    }

    private void Activate(QueuedPod queued)
    {
        queued.Place = QueuePlace.Active;
        _active.Enqueue(queued, (-queued.Priority, _order++));
    }
}
