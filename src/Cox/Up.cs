using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Coxswain.Api;
using Coxswain.ApiServer.Resources.Core.Pods;
using Coxswain.Cli;
using Coxswain.Client;
using Coxswain.Cluster;
using Coxswain.Node;
using Coxswain.Network.Cni;
using Coxswain.Node.Containerd;
using Coxswain.Node.Images;
using Coxswain.Node.Runtime;
using Coxswain.Store;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain;

/// <summary>
/// <c>cox up</c>: one cluster in this process, in the foreground. SIGTERM or Ctrl-C ends it and leaves containerd and the Pods running; the next one takes them over.
/// </summary>
/// <remarks>
/// 1. Take the data directory. 2. Start containerd while the store opens and the API server starts. 3. Run the node agent. 4. Say when the Node is Ready.
/// 5. Wait for a signal, or for a part that fails.
/// </remarks>
internal sealed class Up(UpOptions options)
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);

    private readonly DataDirectory _directory = new(options.DataDirectory);
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly long _started = TimeProvider.System.GetTimestamp(); // not the process's own start: up.sh builds in it before it becomes cox
    private readonly ILoggerFactory _loggers = new ConsoleLogging(options.Verbose ? LogLevel.Debug : LogLevel.Warning);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ended);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ended);

        // 1.
        CheckNoneRuns();
        using var held = _directory.Lock();
        try
        {
            if (RestoreSwap.Finish(_directory) is not null) Say("finished a restore that was interrupted");
            _directory.MakeInside();
            var ranges = await AddressRanges.ResolveAsync(_directory, options, stop.Token);
            Say($"cox {Versions.Cox} (Kubernetes {Versions.Kubernetes}), data in {_directory.Path}");
            await RunAsync(ranges, stop.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }

        void Ended(PosixSignalContext signal)
        {
            signal.Cancel = true; // the ordinary end, below
            stop.Cancel();
        }
    }

    /// <summary>
    /// A cluster that runs although its files were deleted would be in the way of a new one, which knows neither its addresses nor its
    /// Pods.
    /// </summary>
    private void CheckNoneRuns()
    {
        if (_directory.Exists || !new ClusterProcesses(_directory).AnyRuns()) return;
        throw new CommandException(
            $"a cluster that was started in {_directory.Path} still runs, though its cluster.json is gone; end it with: cox down --data-dir {_directory.Path}");
    }

    private async Task RunAsync(AddressRanges ranges, CancellationToken ct)
    {
        // 2.
        using var memory = new MemoryTrim(_time, () => GC.GetTotalAllocatedBytes(), ProcessMemory.GiveBack);
        memory.FollowCollector();
        var network = new BridgeNetwork(_directory.Path, ranges.FirstNode.ToString(), ranges.Pods.ToString());
        await network.SetUpAsync(ct);
        await using var runtime = NodeRuntime.Create(options, _directory, network, _time, _loggers);
        var runtimeStarting = runtime.StartAsync(ct);
        NodeRuntime.Remember(_directory, options.ContainerRuntimeSocket);

        await using var store = await OpenStoreAsync(ct);
        await using var plane = new ControlPlane(PlaneOptions(ranges), store, _time, _loggers);
        await StartAsync(plane, ct);
        plane.Pki.WriteKubeConfig(_directory.Kubeconfig, plane.Url);
        Say($"API server on {plane.Url}");
        await runtimeStarting;
        await new ImageFolder(_directory.Images, runtime.Runtime, _loggers.CreateLogger<ImageFolder>()).ImportAsync(ct);

        // 3.
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var agent = new NodeAgent(AgentOptions(ranges), plane.ClientFor(Identities.Node(options.NodeName)), runtime.Runtime, _time, _loggers);
        plane.Connect(options.NodeName, new NodeConnector(agent));
        List<Task> running = [agent.RunAsync(failed.Token), runtime.RunAsync(failed.Token), plane.Completion];

        // 4.
        await AnnounceReadyAsync(agent, plane.ClientFor(Identities.Admin), running, failed.Token);

        // 5.
        var first = await Task.WhenAny(running);
        await failed.CancelAsync();
        await plane.StopAsync();
        await first; // a failure is the process's
        await Task.WhenAll(running);
    }

    private async Task<IStore> OpenStoreAsync(CancellationToken ct)
    {
        if (options.Store == StoreKind.Memory) return new MemoryStore();
        try
        {
            var store = await SqliteStore.OpenAsync(_directory.Database, new SqliteStoreOptions { AcceptDataLoss = options.AcceptDataLoss }, _time, _loggers.CreateLogger<SqliteStore>(), ct);
            if (store.Loss is { } loss) Say($"{_directory.Database} was damaged: {loss.Describe()}");
            return store;
        }
        catch (StoreOpenException e)
        {
            throw new CommandException(e.Message);
        }
    }

    private async Task StartAsync(ControlPlane plane, CancellationToken ct)
    {
        try
        {
            await plane.StartAsync(ct);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new CommandException($"cannot listen on {options.Listen}: {SystemFailure.Reason(e.InnerException ?? e)}");
        }
        catch (InvalidDataException e)
        {
            throw new CommandException(e.Message);
        }
    }

    private async Task AnnounceReadyAsync(NodeAgent agent, IApiClient client, List<Task> running, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var ready = NodeReadyAsync(agent, client, limit.Token);
        var late = Task.Delay(ReadyLimit, _time, limit.Token);
        var first = await Task.WhenAny([ready, late, .. running]);
        if (first == ready)
        {
            await ready;
            Say(string.Create(CultureInfo.InvariantCulture, $"cluster ready in {_time.GetElapsedTime(_started).TotalSeconds:0.00}s"));
        }
        else if (first == late)
        {
            Say($"the node is not ready after {ReadyLimit.TotalSeconds:0}s; 'kubectl describe node {options.NodeName}' says why");
        }
        await limit.CancelAsync();
        if (first == ready || first == late) Say($"export KUBECONFIG={_directory.Kubeconfig}");
    }

    /// <summary>A Node of an earlier run may still read Ready: this run's agent must have said so itself.</summary>
    private async Task NodeReadyAsync(NodeAgent agent, IApiClient client, CancellationToken ct)
    {
        await agent.Ready.WaitAsync(ct);
        await foreach (var e in client.WatchAsync(Kinds.Nodes, null, new ListOptions { FieldSelector = $"metadata.name={options.NodeName}", ResourceVersion = "0" }, ct))
        {
            if (e.Type is WatchEventType.Added or WatchEventType.Modified && e.Value.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) is true) return;
        }
    }

    private ControlPlaneOptions PlaneOptions(AddressRanges ranges) => new()
    {
        Listen = options.Listen,
        PkiDirectory = _directory.Pki,
        NodeName = options.NodeName,
        AdvertiseAddress = options.Listen.Address.Equals(IPAddress.Any) || IPAddress.IsLoopback(options.Listen.Address) ? HostAddress.Find() : options.Listen.Address,
        PodCidr = ranges.Pods,
        ServiceCidr = ranges.Services,
        ClusterDomain = options.ClusterDomain,
        EventTtl = options.EventTtl,
        RequestTimeout = options.RequestTimeout,
        MaxRequestsInFlight = options.MaxRequestsInFlight,
        MaxMutatingRequestsInFlight = options.MaxMutatingRequestsInFlight,
    };

    private NodeAgentOptions AgentOptions(AddressRanges ranges) => new()
    {
        NodeName = options.NodeName,
        DataDirectory = _directory.Node,
        NodeAddresses = [HostAddress.Find().ToString()],
        ClusterDns = options.ClusterDns is { } dns ? [dns.ToString()] : [],
        ClusterDomain = options.ClusterDomain,
        PodCidr = ranges.FirstNode.ToString(),
        StaticPodPath = options.PodManifestPath,
        ManifestUrl = options.ManifestUrl,
        ReviewPod = PodReview.Of,
        CgroupRoot = _directory.CgroupRoot,
    };

    private static void Say(string line) => Console.Out.WriteLine(line);
}
