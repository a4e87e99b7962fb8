using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Node.Images;
using Coxswain.Node.Linux;
using Coxswain.Node.Logs;
using Coxswain.Node.NodeStatus;
using Coxswain.Node.Objects;
using Coxswain.Node.Pods;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Runtime;
using Coxswain.Node.StaticPods;
using Coxswain.Node.Volumes;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node;

/// <summary>
/// The node's side of Kubernetes: registers the Node, runs the Pods that are bound to it and its static Pods, and tells the API how they are. Speaks to
/// the API and the runtime only; may be ended at any moment and takes up where it was.
/// </summary>
public sealed partial class NodeAgent
{
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler { UseCookies = false });

    private readonly NodeAgentOptions _options;
    private readonly IApiClient _api;
    private readonly IRuntime _runtime;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly EventRecorder _events;
    private readonly IMounter _mounter;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<PodManager> _pods = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeAgent(NodeAgentOptions options, IApiClient api, IRuntime runtime, TimeProvider time, ILoggerFactory loggers)
        : this(options, api, runtime, time, loggers, new LinuxMounter())
    {
    }

    internal NodeAgent(NodeAgentOptions options, IApiClient api, IRuntime runtime, TimeProvider time, ILoggerFactory loggers, IMounter mounter)
    {
        (_options, _api, _runtime, _time, _loggers, _mounter) = (options, api, runtime, time, loggers, mounter);
        _logger = loggers.CreateLogger("Coxswain.Node.Agent");
        _events = new EventRecorder(api, "kubelet", options.NodeName, time, loggers.CreateLogger("Coxswain.Node.Events"), lanes: options.Materialize ? 4 : 1);
    }

    /// <summary>Done once this agent, and not one before it, has reported the Node Ready.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Works until <paramref name="ct"/>. Containers run on.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (_options.Materialize) MakeDirectories();
        var capacity = NodeCapacity.Of(_options);
        var (version, cgroups) = await AnswerAsync(async () => (await _runtime.GetVersionAsync(ct), await _runtime.GetCgroupDriverAsync(ct)), ct);
        var reporter = new NodeReporter(_options, capacity, _api, _runtime, version, _events, _time, _logger) { ReportedReady = () => _ready.TrySetResult() };
        await using var objects = new NodeObjects(_api, _time, _loggers);
        var node = Services(capacity, version, objects, reporter) with { CgroupDriver = cgroups };
        await using var pods = new PodManager(node, _loggers.CreateLogger("Coxswain.Node.Pods"));
        var lease = new NodeLease(_options, _api, reporter, _time, _logger) { ClockWasSet = pods.ClockWasSet };
        try
        {
            List<Task> tasks = [_events.RunAsync(stop.Token), reporter.RunAsync(stop.Token), lease.RunAsync(stop.Token), RunPodsAsync(node, pods, reporter, stop.Token)];
            // Whichever ends first, by failure or because it was asked to, ends all.
            await Task.WhenAny(tasks);
            await stop.CancelAsync();
            await Task.WhenAll(tasks);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    /// <summary>Volumes and logs hold secrets under any mode: their parents let nobody in.</summary>
    private void MakeDirectories()
    {
        var paths = new PodPaths(_options.DataDirectory);
        foreach (var directory in (string[])[paths.DataDirectory, paths.Pods, paths.Logs]) PrivateDirectory.Ensure(directory);
    }

    private NodeServices Services(NodeCapacity capacity, RuntimeVersion version, NodeObjects objects, NodeReporter reporter) => new()
    {
        Options = _options,
        Api = _api,
        Runtime = _runtime,
        Time = _time,
        Loggers = _loggers,
        Events = _events,
        Objects = objects,
        Images = new ImagePuller(_runtime),
        Mounter = _mounter,
        Paths = new PodPaths(_options.DataDirectory),
        RuntimeName = version.Name,
        Allocatable = capacity.AllocatableAmounts,
        NodeDns = _options.Materialize && File.Exists("/etc/resolv.conf") ? DnsSettings.Parse(File.ReadAllText("/etc/resolv.conf")) : new DnsConfig([], [], []),
        NodeLabels = () => reporter.Labels,
        RuntimeStatus = () => reporter.Runtime,
        AppArmor = !_options.Materialize || AppArmorProfiles.AreEnforced,
        OtherPods = uid => _pods.Task.IsCompletedSuccessfully ? _pods.Task.Result.Pods.Where(p => p.Uid != uid && p.TakesRoom).Select(p => p.Pod) : [],
    };

    /// <summary>The runtime may still be starting.</summary>
    private async Task<T> AnswerAsync<T>(Func<Task<T>> ask, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (RuntimeException e)
            {
                LogNoRuntime(e.Description);
                await Task.Delay(TimeSpan.FromMilliseconds(100), _time, ct);
            }
        }
    }

    private async Task RunPodsAsync(NodeServices node, PodManager pods, NodeReporter reporter, CancellationToken ct)
    {
        if (_options.Materialize) node.Objects.Start();
        var informer = new Informer<V1Pod>(_api, Kinds.Pods, new InformerOptions { FieldSelector = $"spec.nodeName={_options.NodeName}" }, _time, _loggers.CreateLogger("Coxswain.Node.PodWatch"));
        var watching = informer.RunAsync(ct);
        pods.Found(await AnswerAsync(() => OrphanSweep.FindAsync(node, ct), ct));
        _pods.TrySetResult(pods);
        var still = new StaticPodSet(node, pods, informer, reporter, Refused, _logger);
        pods.WorkersChanged = reporter.Remade = still.Wake;
        var sources = StaticSources();
        still.Expect(sources);
        var statics = still.RunAsync(sources, ct);
        // Registered first: a Pod may come to be only on a node that is there, and its mirror belongs to the Node.
        await reporter.Registered.WaitAsync(ct);
        await informer.HasSynced.WaitAsync(ct);
        informer.AddHandler(change => Deliver(pods, still, change));
        var orphans = SweepAsync(node, pods, still, ct);
        var rotator = _options.Materialize ? new LogRotator(node, () => pods.Pods, _logger).RunAsync(ct) : Task.CompletedTask;
        var collector = _options.Materialize ? new ImageCollector(node, DiskSpace.Of, _logger).RunAsync(ct) : Task.CompletedTask;
        await Task.WhenAll(watching, statics, orphans, rotator, collector, WatchRuntimeAsync(pods, reporter, ct), ResyncAsync(pods, reporter, ct));
    }

    /// <summary>What the runtime holds of Pods that nobody wants. A source of static Pods that has not answered yet may still want its own.</summary>
    private async Task SweepAsync(NodeServices node, PodManager pods, StaticPodSet still, CancellationToken ct)
    {
        try
        {
            await still.First("file").WaitAsync(ct);
            await OrphanSweep.RunAsync(node, pods.TakeOrphans(v => !OrphanSweep.IsFromUrl(v)), pods, _logger, ct);
            await still.First("http").WaitAsync(ct);
            await OrphanSweep.RunAsync(node, pods.TakeOrphans(_ => true), pods, _logger, ct);
            await OrphanSweep.RemoveFilesAsync(node, pods, _logger, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    /// <summary>A manifest is no good: nobody reads its Pod's own Events, for there is no Pod.</summary>
    private void Refused(string origin, string why)
    {
        LogManifestRefused(origin, why);
        _events.Record(NodeReporter.About(_options.NodeName), "Warning", "InvalidStaticPod", $"Static Pod manifest {origin} refused: {why}");
    }

    private List<IStaticPodSource> StaticSources()
    {
        var sources = new List<IStaticPodSource>();
        if (_options.StaticPodPath is { Length: > 0 } path)
            sources.Add(new DirectorySource(path, new PodManifest(_options.NodeName, "file", _time, _options.ReviewPod), _time, Refused));
        if (_options.ManifestUrl is { } url)
            sources.Add(new UrlSource(url, _options.ManifestUrlPeriod, Http, new PodManifest(_options.NodeName, "http", _time, _options.ReviewPod), _time, Refused));
        return sources;
    }

    private static void Deliver(PodManager pods, StaticPodSet still, InformerEvent<V1Pod> change)
    {
        if (change.Value.IsMirror()) still.Wake(); // a picture of a static Pod; what it shows comes from elsewhere
        else if (change.IsDelete) pods.Remove(change.Value);
        else pods.Apply(change.Value);
    }

    private async Task WatchRuntimeAsync(PodManager pods, NodeReporter reporter, CancellationToken ct)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await foreach (var e in _runtime.WatchAsync(ct))
                {
                    backoff.Reset();
                    switch (e.Type)
                    {
                        case RuntimeEventType.Lost: reporter.Refresh(); break;
                        case RuntimeEventType.ImagesChanged: reporter.ImagesChanged(); break;
                        case RuntimeEventType.Resync:
                            reporter.ImagesChanged(); // what came and went before somebody listened, nobody told
                            await pods.CompareAsync(ct);
                            break;
                        default: pods.Handle(e); break;
                    }
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested) { return; }
            catch (Exception e) // boundary: the runtime may be restarting
            {
                LogEventsLost(e);
            }
            if (ct.IsCancellationRequested) return;
            reporter.Refresh();
            try { await Task.Delay(backoff.Next(), _time, ct); }
            catch (OperationCanceledException) { return; }
        }
    }

    /// <summary>The safety net.</summary>
    private async Task ResyncAsync(PodManager pods, NodeReporter reporter, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(_options.ResyncPeriod, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                try
                {
                    await pods.CompareAsync(ct);
                }
                catch (RuntimeException e)
                {
                    LogNoRuntime(e.Description);
                    reporter.Refresh();
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    [LoggerMessage(EventId = 3303, Level = LogLevel.Warning, Message = "Static Pod manifest {Origin} refused: {Why}")]
    private partial void LogManifestRefused(string origin, string why);

    [LoggerMessage(EventId = 3301, Level = LogLevel.Warning, Message = "The container runtime does not answer: {Why}")]
    private partial void LogNoRuntime(string why);

    [LoggerMessage(EventId = 3302, Level = LogLevel.Warning, Message = "The container runtime's events stopped; subscribing again")]
    private partial void LogEventsLost(Exception e);
}
