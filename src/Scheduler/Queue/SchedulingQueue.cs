using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Scheduler;

/// <summary>
/// The Pods without a node.
/// <code>
///   new ─▸ Active ─▸ InHand ─▸ (bound, gone)
///            ▴  ▴       ├─ no node ─▸ Unschedulable ─ something changed ─┐
///            │  └───────┼────────────────────────────────────────────────┤ waited enough
///            ├─ Backoff ◂───────────────────────────────────────────────┘ not yet
///            └─ ErrorBackoff ◂─ failed
/// </code>
/// While nothing is Active, a Pod is taken out of Backoff before its time: waiting would serve nobody. What failed for reasons of its own waits to the end. A Pod that
/// nothing helps for five minutes is tried all the same, and says anew why it waits.
/// </summary>
/// <remarks>Not safe for use from two threads: guarded by the scheduler's one lock.</remarks>
internal sealed class SchedulingQueue(TimeProvider time)
{
    private static readonly TimeSpan MinBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxUnschedulable = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, QueuedPod> _pods = new(StringComparer.Ordinal); // all, by uid
    private readonly PriorityQueue<QueuedPod, (int Priority, long Order)> _active = new(); // entries whose Pod is no longer Active are skipped
    private readonly PriorityQueue<QueuedPod, (TimeSpan Due, int Priority, long Order)> _backoff = new(); // likewise
    private readonly PriorityQueue<QueuedPod, (TimeSpan Due, int Priority, long Order)> _errorBackoff = new(); // likewise
    private readonly HashSet<QueuedPod> _unschedulable = [];
    private readonly PriorityQueue<QueuedPod, TimeSpan> _patience = new(); // one entry a Pod, however often it is tried
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

    public QueuedPod? TakeNext() => Take(_active, QueuePlace.Active) ?? Take(_backoff, QueuePlace.Backoff);

    /// <summary>No node would do: wait for one of the changes.</summary>
    public void WaitFor(QueuedPod queued, ClusterEvents helpedBy)
    {
        if (!_pods.ContainsKey(queued.Uid)) return;
        queued.Place = QueuePlace.Unschedulable;
        queued.HelpedBy = helpedBy;
        _unschedulable.Add(queued);
        if (queued.IsTimed) return;
        queued.IsTimed = true;
        _patience.Enqueue(queued, queued.LastTry + MaxUnschedulable);
    }

    /// <summary>Something failed that has nothing to do with the nodes: try again soon, but not before.</summary>
    public void Retry(QueuedPod queued)
    {
        if (_pods.ContainsKey(queued.Uid)) BackOff(queued, _errorBackoff, QueuePlace.ErrorBackoff);
    }

    /// <returns>Whether any Pod is to be looked at because of it.</returns>
    public bool Wake(ClusterEvents happened)
    {
        if (_unschedulable.Count == 0) return false;
        var woken = _unschedulable.Where(queued => (queued.HelpedBy & happened) != 0).ToList();
        foreach (var queued in woken) Wake(queued);
        return woken.Count > 0;
    }

    /// <summary>Moves what has waited enough; tells when to look again, by the steady clock, or null.</summary>
    public TimeSpan? MoveDue() =>
        Earlier(MoveImpatient(), Earlier(MoveDue(_backoff, QueuePlace.Backoff), MoveDue(_errorBackoff, QueuePlace.ErrorBackoff)));

    private QueuedPod? Take<TOrder>(PriorityQueue<QueuedPod, TOrder> heap, QueuePlace place)
    {
        while (heap.TryDequeue(out var queued, out _))
        {
            if (queued.Place != place) continue;
            queued.Place = QueuePlace.InHand;
            queued.Attempts++;
            queued.LastTry = time.Steady();
            return queued;
        }
        return null;
    }

    private TimeSpan? MoveDue(PriorityQueue<QueuedPod, (TimeSpan Due, int Priority, long Order)> heap, QueuePlace place)
    {
        while (heap.TryPeek(out var queued, out var order))
        {
            if (queued.Place == place && order.Due > time.Steady()) return order.Due;
            heap.Dequeue();
            if (queued.Place == place) Activate(queued);
        }
        return null;
    }

    private TimeSpan? MoveImpatient()
    {
        while (_patience.TryPeek(out var queued, out var due))
        {
            if (queued.Place == QueuePlace.Unschedulable && due > time.Steady()) return due;
            _patience.Dequeue();
            queued.IsTimed = queued.Place == QueuePlace.Unschedulable && queued.LastTry + MaxUnschedulable > due;
            if (queued.IsTimed) _patience.Enqueue(queued, queued.LastTry + MaxUnschedulable); // it was tried since
            else if (queued.Place == QueuePlace.Unschedulable) Wake(queued);
        }
        return null;
    }

    private void Wake(QueuedPod queued)
    {
        _unschedulable.Remove(queued);
        BackOff(queued, _backoff, QueuePlace.Backoff);
    }

    private void BackOff(QueuedPod queued, PriorityQueue<QueuedPod, (TimeSpan, int, long)> heap, QueuePlace place)
    {
        var wait = MinBackoff * Math.Pow(2, Math.Clamp(queued.Attempts - 1, 0, 10));
        var due = WholeSecond(queued.LastTry + (wait < MaxBackoff ? wait : MaxBackoff));
        if (due <= time.Steady())
        {
            Activate(queued);
            return;
        }
        queued.Place = place;
        heap.Enqueue(queued, (due, -queued.Priority, _order++));
    }

    /// <summary>Rounded up: of those due in one second the more important goes first.</summary>
    private static TimeSpan WholeSecond(TimeSpan at) => new((at.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond);

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;

    private void Activate(QueuedPod queued)
    {
        queued.Place = QueuePlace.Active;
        _active.Enqueue(queued, (-queued.Priority, _order++));
    }
}
