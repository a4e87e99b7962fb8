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
internal sealed partial class StaticPodSet(NodeServices node, PodManager pods, Informer<V1Pod> informer, Task<V1Node> registered, ILogger logger)
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private readonly Dictionary<int, IReadOnlyList<V1Pod>> _bySource = []; // under _lock
    private Dictionary<string, V1Pod> _wanted = []; // by uid; under _lock
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
    private void Take(int source, string kind, IReadOnlyList<V1Pod> found)
    {
        lock (_lock)
        {
            _bySource[source] = found;
            var wanted = new Dictionary<string, V1Pod>();
            foreach (var pod in _bySource.Values.SelectMany(p => p))
            {
                if (wanted.Values.Any(p => p.Metadata.Name == pod.Metadata.Name && p.Metadata.NamespaceProperty == pod.Metadata.NamespaceProperty)) LogTwice(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
                else wanted[pod.Metadata.Uid] = pod;
            }
            var old = _wanted;
            _wanted = wanted;
            foreach (var gone in old.Values.Where(p => !wanted.ContainsKey(p.Metadata.Uid))) pods.Remove(gone);
            foreach (var pod in wanted.Values.Where(p => !old.ContainsKey(p.Metadata.Uid))) pods.Apply(pod);
        }
        if (_first.TryGetValue(kind, out var first)) first.TrySetResult();
        Wake();
    }

    private async Task MirrorAsync(CancellationToken ct)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
        try
        {
            var owner = await registered.WaitAsync(ct);
            await informer.HasSynced.WaitAsync(ct);
            while (await _wake.Reader.WaitToReadAsync(ct))
            {
                _wake.Reader.TryRead(out _);
                try
                {
                    await ReconcileAsync(owner, ct);
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
        List<V1Pod> wanted;
        lock (_lock) wanted = [.. _wanted.Values];
        var missing = wanted.ToDictionary(p => p.Metadata.Uid);
        _refused.IntersectWith(missing.Keys);
        foreach (var mirror in informer.Cache.List().Where(p => p.IsMirror()))
        {
            var hash = mirror.Metadata.Annotations[PodLabels.ConfigMirror];
            var worker = pods.Find(hash);
            if (mirror.Metadata.DeletionTimestamp is null && (missing.ContainsKey(hash) || (worker is not null && wanted.TrueForAll(p => !SameName(p, mirror)))))
            {
                missing.Remove(hash);
                worker?.Context.StatusWriter.Observe(mirror);
                continue;
            }
            await DeleteAsync(mirror, ct);
        }
        foreach (var pod in missing.Values.Where(p => !_refused.Contains(p.Metadata.Uid))) await CreateAsync(pod, owner, ct);
    }

    private async Task CreateAsync(V1Pod pod, V1Node owner, CancellationToken ct)
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
            LogRefused(pod.FullName(), e.Message);
            node.Events.Record(NodeReporter.About(node.Options.NodeName), "Warning", "InvalidStaticPod", $"Static Pod {pod.Metadata.NamespaceProperty}/{pod.Metadata.Name} refused: {e.Message}");
            pods.Remove(pod);
        }
        catch (StatusException e) when (e.Code is 403 or 404)
        {
            LogNoMirror(pod.FullName(), e.Message); // its namespace is missing; tried again as the set changes
        }
    }

    private async Task DeleteAsync(V1Pod mirror, CancellationToken ct)
    {
        var options = new V1DeleteOptions { GracePeriodSeconds = 0, Preconditions = new V1Preconditions { Uid = mirror.Metadata.Uid } };
        try { await node.Api.DeleteAsync(Kinds.Pods, mirror.Metadata.NamespaceProperty, mirror.Metadata.Name, options, ct); }
        catch (StatusException e) when (e.Code is 404 or 409) { } // gone already
    }

    private static bool SameName(V1Pod a, V1Pod b) => a.Metadata.Name == b.Metadata.Name && a.Metadata.NamespaceProperty == b.Metadata.NamespaceProperty;

    [LoggerMessage(EventId = 3401, Level = LogLevel.Warning, Message = "Mirrors of static Pods could not be brought up to date; will retry")]
    private partial void LogFailed(Exception e);

    [LoggerMessage(EventId = 3402, Level = LogLevel.Warning, Message = "Static Pod {Namespace}/{Name} is defined twice; the first counts")]
    private partial void LogTwice(string @namespace, string name);

    [LoggerMessage(EventId = 3404, Level = LogLevel.Warning, Message = "Static Pod {Pod} refused: {Why}")]
    private partial void LogRefused(string pod, string why);

    [LoggerMessage(EventId = 3403, Level = LogLevel.Warning, Message = "Static Pod {Pod} runs without a mirror: {Why}")]
    private partial void LogNoMirror(string pod, string why);
}
