using System.Threading.Channels;
using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Node.NodeStatus;
using Coxswain.Node.Pods;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.StaticPods;

/// <summary>
/// The node's static Pods and their mirrors: for each a Pod object in the API that shows it and can change nothing. A mirror that someone deletes comes back; one whose
/// manifest is gone goes when the Pod has ended.
/// </summary>
/// <param name="refused">Called once for each Pod that is no good: its file or URL, and why.</param>
internal sealed partial class StaticPodSet(NodeServices node, PodManager pods, Informer<V1Pod> informer, NodeReporter reporter, Action<string, string> refused, ILogger logger)
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private readonly Dictionary<int, IReadOnlyList<StaticPod>> _bySource = []; // under _lock
    private Dictionary<string, StaticPod> _wanted = []; // by uid; under _lock
    private HashSet<string> _twice = []; // uids of those whose name another has; under _lock
    private readonly HashSet<string> _refused = []; // by uid; of the mirrors' loop alone

    private readonly Dictionary<string, TaskCompletionSource> _first = []; // by kind of source

    /// <summary>Done once a source of that kind (<c>file</c>, <c>http</c>) has said what there is; at once when there is no such source.</summary>
    public Task First(string kind) => _first.TryGetValue(kind, out var first) ? first.Task : Task.CompletedTask;

    /// <summary>Ask <see cref="First"/> only after this.</summary>
    public void Expect(IEnumerable<IStaticPodSource> sources)
    {
        foreach (var source in sources) _first[source.Kind] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A mirror or a static Pod has changed: look again.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    public async Task RunAsync(IReadOnlyList<IStaticPodSource> sources, CancellationToken ct)
    {
        var running = sources.Select((source, i) => source.RunAsync(found => Take(i, source.Kind, found), ct)).ToList();
        await Task.WhenAll([MirrorAsync(ct), .. running]);
    }

    /// <summary>The latest from one source: new Pods start, Pods that are gone end. Needs no API.</summary>
    private void Take(int source, string kind, IReadOnlyList<StaticPod> found)
    {
        lock (_lock)
        {
            _bySource[source] = found;
            var (old, wanted) = (_wanted, Choose());
            _wanted = wanted;
            foreach (var gone in old.Where(p => !wanted.ContainsKey(p.Key))) pods.Remove(gone.Value.Pod);
            foreach (var come in wanted.Where(p => !old.ContainsKey(p.Key))) pods.Apply(come.Value.Pod);
        }
        if (_first.TryGetValue(kind, out var first)) first.TrySetResult();
        Wake();
    }

    /// <summary>Of two with one name the first counts. Under _lock.</summary>
    private Dictionary<string, StaticPod> Choose()
    {
        var (byName, twice) = (new Dictionary<string, StaticPod>(), new HashSet<string>());
        foreach (var (pod, place) in _bySource.OrderBy(s => s.Key).SelectMany(s => s.Value))
        {
            if (byName.TryAdd(NameOf(pod), new(pod, place))) continue;
            twice.Add(pod.Metadata.Uid);
            if (!_twice.Contains(pod.Metadata.Uid)) refused(place.Origin, place.Refuse($"Pod {NameOf(pod)} is defined in {byName[NameOf(pod)].Place.Origin} already", "metadata.name").Message);
        }
        _twice = twice;
        return byName.Values.ToDictionary(p => p.Pod.Metadata.Uid);
    }

    private async Task MirrorAsync(CancellationToken ct)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
        try
        {
            await reporter.Registered.WaitAsync(ct);
            await informer.HasSynced.WaitAsync(ct);
            while (await _wake.Reader.WaitToReadAsync(ct))
            {
                _wake.Reader.TryRead(out _);
                try
                {
                    await ReconcileAsync(reporter.Node, ct);
                    backoff.Reset();
                }
                catch (Exception e) when (e is not OperationCanceledException) // boundary: the Pods run whatever the API says of their mirrors
                {
                    LogFailed(e);
                    await Task.Delay(backoff.Next(), node.Time, ct);
                    Wake();
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    private async Task ReconcileAsync(V1Node owner, CancellationToken ct)
    {
        Dictionary<string, StaticPod> missing;
        lock (_lock) missing = new(_wanted);
        var names = missing.Values.Select(p => NameOf(p.Pod)).ToHashSet();
        _refused.IntersectWith(missing.Keys);
        foreach (var mirror in informer.Cache.List().Where(p => p.IsMirror()))
        {
            var hash = mirror.Metadata.Annotations[PodLabels.ConfigMirror];
            var worker = pods.Find(hash);
            if (mirror.Metadata.DeletionTimestamp is null && (missing.ContainsKey(hash) || (worker is not null && !names.Contains(NameOf(mirror)))))
            {
                missing.Remove(hash);
                worker?.Context.StatusWriter.Observe(mirror);
                continue;
            }
            // A source that has not answered yet may still want it: after a start, nothing is known to be gone until then.
            if (First(mirror.Metadata.Annotations.TryGetValue(PodLabels.ConfigSource, out var source) ? source : "").IsCompleted) await DeleteAsync(mirror, ct);
        }
        foreach (var (_, pod) in missing.Where(p => !_refused.Contains(p.Key))) await CreateAsync(pod.Pod, pod.Place, owner, ct);
    }

    private async Task CreateAsync(V1Pod pod, ManifestPlace place, V1Node owner, CancellationToken ct)
    {
        var mirror = Kinds.Pods.Clone(pod);
        mirror.Metadata.Uid = null;
        mirror.Metadata.Annotations[PodLabels.ConfigMirror] = pod.Metadata.Uid;
        mirror.Metadata.OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = "Node", Name = owner.Metadata.Name, Uid = owner.Metadata.Uid, Controller = true }];
        try
        {
            var made = await node.Api.CreateAsync(Kinds.Pods, mirror, ct);
            pods.Find(pod.Metadata.Uid)?.Context.StatusWriter.Observe(made);
        }
        catch (StatusException e) when (e.Reason == "AlreadyExists") { } // the watch will show what it is
        catch (StatusException e) when (e.Code == 422)
        {
            // What its manifest lacks only the API's rules could tell: it is no better than one that cannot be read.
            _refused.Add(pod.Metadata.Uid);
            refused(place.Origin, place.Refuse(e.Message, e.Status.Details?.Causes is [var cause, ..] ? cause.Field : null).Message);
            pods.Remove(pod);
        }
        catch (StatusException e) when (e.Code is 403 or 404)
        {
            LogNoMirror(pod.FullName(), place.Origin, e.Message); // its namespace is missing; tried again as the set changes
        }
    }

    private async Task DeleteAsync(V1Pod mirror, CancellationToken ct)
    {
        var options = new V1DeleteOptions { GracePeriodSeconds = 0, Preconditions = new V1Preconditions { Uid = mirror.Metadata.Uid } };
        try { await node.Api.DeleteAsync(Kinds.Pods, mirror.Metadata.NamespaceProperty, mirror.Metadata.Name, options, ct); }
        catch (StatusException e) when (e.Code is 404 or 409) { } // gone already
    }

    private static string NameOf(V1Pod pod) => $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";

    [LoggerMessage(EventId = 3401, Level = LogLevel.Warning, Message = "Mirrors of static Pods could not be brought up to date; will retry")]
    private partial void LogFailed(Exception e);

    [LoggerMessage(EventId = 3403, Level = LogLevel.Warning, Message = "Static Pod {Pod} of {Origin} runs without a mirror: {Why}")]
    private partial void LogNoMirror(string pod, string origin, string why);
}
