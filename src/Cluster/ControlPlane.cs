using System.Collections.Concurrent;
using System.Net;
using Coxswain.Api;
using Coxswain.ApiServer;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Http;
using Coxswain.ApiServer.Nodes;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using Coxswain.ApiServer.Resources.Core.Services;
using Coxswain.Client;
using Coxswain.Controllers;
using Coxswain.Store;
using Microsoft.Extensions.Logging;

namespace Coxswain.Cluster;

/// <summary>API server, controllers and scheduler over one store, in this process. Nodes come to it: the one of this process, simulated ones, others.</summary>
public sealed class ControlPlane : IAsyncDisposable
{
    private readonly ControlPlaneOptions _options;
    private readonly IStore _store;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, INodeConnector> _nodes = new();
    private readonly ApiServerHost _host;
    private readonly List<Task> _running = [];

    /// <param name="store">Stays the caller's to dispose, after this.</param>
    public ControlPlane(ControlPlaneOptions options, IStore store, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _store, _time, _loggers) = (options, store, time, loggers);
        Pki = ClusterPki.LoadOrCreate(new PkiOptions
        {
            Directory = options.PkiDirectory,
            NodeName = options.NodeName,
            ListenAddress = options.Listen.Address,
            ExtraAddresses = [options.AdvertiseAddress],
            ServiceAddress = IPAddress.Parse(ApiServerService.ClusterIP(options.ServiceCidr.ToString())),
            ClusterDomain = options.ClusterDomain,
        }, TimeProvider.System); // the peers' TLS goes by the machine's clock, whatever clock the cluster runs on
        var tokens = new ServiceAccountTokens(Pki.TokenKey, time, options.ClusterDomain);
        Core = new ApiServerCore(store, time, ResourceCatalog.All, new PipelineOptions { ServiceCidr = options.ServiceCidr.ToString(), TokenIssuer = tokens, DetectMutation = options.DetectMutation });
        _host = new ApiServerHost(new ApiServerOptions { Listen = options.Listen }, Pki, Core, tokens, name => _nodes.GetValueOrDefault(name), loggers);
    }

    public ClusterPki Pki { get; }
    public ApiServerCore Core { get; }
    /// <summary>Where the API server listens, once started.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.None, 0);
    /// <summary>The URL for clients on this machine.</summary>
    public Uri Url => new($"https://{(Address.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : Address.Address)}:{Address.Port}");

    /// <summary>Ends when a part of the control plane fails; what failed is in the exception.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Listens, makes what every cluster has, and starts controllers and scheduler.</summary>
    /// <exception cref="IOException">The address is taken or not ours.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        Address = await _host.StartAsync(ct);
        await Bootstrap.EnsureAsync(ClientFor(Identities.ApiServer), ct);
        var keeper = new ApiServerServiceKeeper(ClientFor(Identities.ApiServer), _options.ServiceCidr.ToString(), _options.AdvertiseAddress.ToString(), Address.Port, _time, _loggers);
        await keeper.ReconcileAsync(default, ct);

        var controllers = new ControllerManager(name => ClientFor(Identities.Controller(name)), _time, _loggers, new ControllerManagerOptions
        {
            RootCa = Pki.AuthorityPem,
            ClusterCidr = _options.PodCidr,
            NodeMonitorGracePeriod = _options.NodeMonitorGracePeriod,
        });
        var scheduler = new Scheduler.PodScheduler(ClientFor(Identities.Scheduler), _time, _loggers, new Scheduler.SchedulerOptions());
        var expiry = new EventExpiry(_store, _options.EventTtl, _time, _loggers.CreateLogger<EventExpiry>());
        _running.AddRange([keeper.RunAsync(_stopping.Token), controllers.RunAsync(_stopping.Token), scheduler.RunAsync(_stopping.Token), expiry.RunAsync(_stopping.Token)]);
        Completion = Task.WhenAny(_running).Unwrap();
    }

    /// <summary>A client without sockets that acts as <paramref name="user"/>.</summary>
    public IApiClient ClientFor(UserInfo user) => new InProcessClient(Core, user);

    /// <summary>Lets the API server reach a node's containers, for logs and commands.</summary>
    public void Connect(string nodeName, INodeConnector connector) => _nodes[nodeName] = connector;

    /// <summary>Ends requests, watches, controllers and scheduler; the store holds all that was acknowledged.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _host.StopAsync();
        try
        {
            await Task.WhenAll(_running);
        }
        catch (OperationCanceledException) { } // asked to end
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _host.DisposeAsync();
        Pki.Dispose();
        _stopping.Dispose();
    }
}
