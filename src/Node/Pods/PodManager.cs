using Coxswain.Node.Runtime;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Pods;

/// <summary>One worker for each Pod on the node, whoever it comes from; runtime events find their way to the worker they concern.</summary>
internal sealed partial class PodManager(NodeServices node, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _workers = []; // by Pod uid; under _lock, as is all below
    private readonly Dictionary<string, V1Pod> _waiting = []; // by namespace/name: a Pod whose predecessor of the same name still ends
    private Dictionary<string, PodView> _found = []; // by Pod uid: what the runtime held when this agent started and no Pod has claimed yet
    private readonly CancellationTokenSource _stop = new();
    private bool _started, _compared;

    /// <summary>A worker has begun or ended. Called under this manager's lock: only wake someone there.</summary>
    public Action WorkersChanged { get; set; } = () => { };

    private sealed record Entry(PodWorker Worker, Task Running);

    public IReadOnlyList<PodContext> Pods
    {
        get { lock (_lock) return [.. _workers.Values.Select(e => e.Worker.Context)]; }
    }

    /// <summary>Takes note of a Pod as it is now.</summary>
    public void Apply(V1Pod pod)
    {
        lock (_lock)
        {
            if (_stop.IsCancellationRequested) return;
            // A manifest that is taken away and put back names the same Pod: while its worker ends it, it waits as a successor does.
            if (_workers.TryGetValue(pod.Metadata.Uid, out var entry) && !entry.Worker.IsGone) entry.Worker.Update(pod);
            else if (_workers.Values.Any(e => IsNamed(e, pod))) _waiting[Name(pod)] = pod;
            else Start(pod);
        }
    }

    /// <summary>The Pod of that uid is not wanted here any more.</summary>
    public void Remove(V1Pod pod)
    {
        lock (_lock)
        {
            if (_waiting.TryGetValue(Name(pod), out var waiting) && waiting.Metadata.Uid == pod.Metadata.Uid) _waiting.Remove(Name(pod));
            if (_workers.TryGetValue(pod.Metadata.Uid, out var entry)) entry.Worker.Gone();
        }
    }

    /// <summary>What the runtime holds, before the first Pod is applied: workers start from it.</summary>
    public void Found(Dictionary<string, PodView> views)
    {
        lock (_lock) _found = views;
    }

    /// <summary>All Pods that should be here are known: what is left over in the runtime belongs to none.</summary>
    /// <returns>By uid.</returns>
    public Dictionary<string, PodView> TakeOrphans(Func<PodView, bool> which)
    {
        lock (_lock)
        {
            var orphans = _found.Where(f => which(f.Value) && _waiting.Values.All(p => p.Metadata.Uid != f.Key)).ToDictionary();
            foreach (var uid in orphans.Keys) _found.Remove(uid);
            _started = true;
            return orphans;
        }
    }

    public PodWorker? Find(string uid)
    {
        lock (_lock) return _workers.GetValueOrDefault(uid)?.Worker;
    }

    /// <summary>The machine's clock was set: tokens that containers read may be out of time.</summary>
    public void ClockWasSet()
    {
        lock (_lock) foreach (var (worker, _) in _workers.Values) worker.Look();
    }

    /// <summary>Passes an event of the runtime on.</summary>
    public void Handle(RuntimeEvent e)
    {
        lock (_lock)
        {
            foreach (var (worker, _) in _workers.Values)
            {
                var view = worker.Context.View;
                if (view.Containers.FirstOrDefault(c => c.Id == e.Id) is { } known)
                {
                    if (Matters(e, known)) worker.Touch(e.Id, e.Type);
                    return;
                }
                if (view.Sandboxes.Any(s => s.Id == e.Id))
                {
                    if (e.Type is RuntimeEventType.Stopped or RuntimeEventType.Deleted) worker.Touch(e.Id, e.Type);
                    return;
                }
            }
            if (e.Type is RuntimeEventType.Stopped or RuntimeEventType.Deleted) Tell(e);
        }
    }

    /// <summary>What ended is not known yet: its worker is about to learn of it, and may have asked just before the end.</summary>
    private void Tell(RuntimeEvent e)
    {
        foreach (var (worker, _) in _workers.Values)
            if (e.SandboxId is null || worker.Context.View.Sandboxes.Any(s => s.Id == e.SandboxId)) worker.Touch(e.Id, e.Type);
    }

    /// <summary>Compares what the runtime lists with what the workers know; those that differ look for themselves.</summary>
    public async Task CompareAsync(CancellationToken ct)
    {
        var sandboxes = node.Runtime.ListSandboxesAsync(null, ct);
        var containers = (await node.Runtime.ListContainersAsync(null, ct)).Where(c => c.Labels.ContainsKey(PodLabels.PodUid)).ToLookup(c => c.Labels[PodLabels.PodUid]);
        var listed = (await sandboxes).ToLookup(s => s.Metadata.Uid);
        lock (_lock)
        {
            _compared = true;
            foreach (var (uid, entry) in _workers)
            {
                var view = entry.Worker.Context.View;
                var same = listed[uid].Select(s => (s.Id, s.State)).ToHashSet().SetEquals(view.Sandboxes.Select(s => (s.Id, s.State)))
                    && containers[uid].Select(c => (c.Id, c.State)).ToHashSet().SetEquals(view.Containers.Select(c => (c.Id, c.State)));
                if (!same) entry.Worker.Reread();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] running;
        lock (_lock) running = [.. _workers.Values.Select(e => e.Running)];
        await Task.WhenAll(running);
        _stop.Dispose();
    }

    /// <summary>Workers see to what they do themselves; news is what happened otherwise.</summary>
    private static bool Matters(RuntimeEvent e, ContainerStatus known) => e.Type switch
    {
        RuntimeEventType.Stopped or RuntimeEventType.Deleted => known.State != ContainerState.Exited || e.Type == RuntimeEventType.Deleted,
        RuntimeEventType.OutOfMemory => known.State == ContainerState.Exited && known.Reason != ContainerStatus.OutOfMemory,
        RuntimeEventType.Started => known.State != ContainerState.Running,
        _ => false,
    };

    // Under _lock.
    private void Start(V1Pod pod)
    {
        var adopted = _found.Remove(pod.Metadata.Uid, out var view);
        // A Pod that had a status before this agent knew of it may have anything in the runtime: look first. So may one that is found late (a static Pod's source took
        // its time): what happened to it since the runtime was listed, nobody was there to hear.
        var worker = new PodWorker(node, pod, view ?? PodView.Empty);
        if (adopted ? _compared : _started && pod.Status?.ContainerStatuses is { Count: > 0 }) worker.Reread();
        _workers[pod.Metadata.Uid] = new Entry(worker, Task.Run(() => RunAsync(worker, pod.Metadata.Uid)));
        WorkersChanged();
    }

    private async Task RunAsync(PodWorker worker, string uid)
    {
        try
        {
            await worker.RunAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested) { } // the agent ends; the containers run on
        catch (Exception e) // boundary: a worker that breaks must not take the agent with it
        {
            LogBroken(e, worker.Context.Pod.FullName());
        }
        await worker.DisposeAsync();
        lock (_lock)
        {
            _workers.Remove(uid);
            if (!_stop.IsCancellationRequested && _waiting.Remove(Name(worker.Context.Pod), out var next)) Start(next);
            WorkersChanged();
        }
    }

    private static bool IsNamed(Entry entry, V1Pod pod) => Name(entry.Worker.Context.Pod) == Name(pod);

    private static string Name(V1Pod pod) => $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";

    [LoggerMessage(EventId = 3011, Level = LogLevel.Error, Message = "The worker of Pod {Pod} broke")]
    private partial void LogBroken(Exception e, string pod);
}
