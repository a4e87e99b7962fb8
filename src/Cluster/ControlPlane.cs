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
using k8s.Models;
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
    private readonly TaskCompletionSource _furnished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<Keys> _keys;
    private readonly List<Task> _running = [];
    private ClusterPki? _pki;
    private ApiServerHost? _host;
    private Scheduler.PodScheduler? _scheduler;

    /// <param name="store">Stays the caller's to dispose, after this.</param>
    public ControlPlane(ControlPlaneOptions options, IStore store, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _store, _time, _loggers) = (options, store, time, loggers);
        _keys = Task.Run(() => Keys.LoadOrCreate(options, time)); // beside all that can be done without
        Core = new ApiServerCore(store, time, ResourceCatalog.All, new PipelineOptions { ServiceCidr = options.ServiceCidr.ToString(), TokenIssuer = new Issuer(_keys, options.ClusterDomain), DetectMutation = options.DetectMutation });
    }

    /// <summary>Once started.</summary>
    public ClusterPki Pki => _pki ?? throw new InvalidOperationException("not started");
    public ApiServerCore Core { get; }
    /// <summary>Where the API server listens, once started.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.None, 0);
    /// <summary>The URL for clients on this machine.</summary>
    public Uri Url => new($"https://{(Address.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : Address.Address)}:{Address.Port}");

    /// <summary>Done once there is what every cluster has, and clients can work; <see cref="StartAsync"/> may still be about to listen.</summary>
    public Task Furnished => _furnished.Task;

    /// <summary>Ends when a part of the control plane fails; what failed is in the exception.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Listens, makes what every cluster has, and starts controllers and scheduler. What does not need the other is done beside it.</summary>
    /// <exception cref="IOException">The address is taken or not ours.</exception>
    /// <exception cref="InvalidDataException">The keys on disk cannot be used.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        var listening = Task.Run(() => ListenAsync(ct), ct);
        try
        {
            await Bootstrap.EnsureAsync(ClientFor(Identities.ApiServer), ct);
            _pki = (await _keys).Pki;
            _furnished.TrySetResult();
            StartControllers();
        }
        finally
        {
            Address = await listening;
        }
        var keeper = new ApiServerServiceKeeper(ClientFor(Identities.ApiServer), _options.ServiceCidr.ToString(), _options.AdvertiseAddress.ToString(), Address.Port, _time, _loggers);
        await keeper.ReconcileAsync(default, ct);
        _running.Add(keeper.RunAsync(_stopping.Token));
        Completion = Task.WhenAny(_running).Unwrap();
    }

    private async Task<IPEndPoint> ListenAsync(CancellationToken ct)
    {
        var (pki, tokens) = await _keys;
        _host = new ApiServerHost(new ApiServerOptions { Listen = _options.Listen, OpenWhen = _furnished.Task }, pki, Core, tokens, name => _nodes.GetValueOrDefault(name), _loggers);
        return await _host.StartAsync(ct);
    }

    private void StartControllers()
    {
        var controllers = new ControllerManager(name => ClientFor(Identities.Controller(name)), _time, _loggers, new ControllerManagerOptions
        {
            RootCa = Pki.AuthorityPem,
            ClusterCidr = _options.PodCidr,
            NodeMonitorGracePeriod = _options.NodeMonitorGracePeriod,
        });
        _scheduler = new Scheduler.PodScheduler(ClientFor(Identities.Scheduler), _time, _loggers, new Scheduler.SchedulerOptions());
        var expiry = new EventExpiry(_store, _options.EventTtl, _time, _loggers.CreateLogger<EventExpiry>());
        _running.AddRange([controllers.RunAsync(_stopping.Token), _scheduler.RunAsync(_stopping.Token), expiry.RunAsync(_stopping.Token)]);
    }

    /// <summary>A client without sockets that acts as <paramref name="user"/>.</summary>
    public IApiClient ClientFor(UserInfo user) => new InProcessClient(Core, user);

    /// <summary>Lets the API server reach a node's containers, for logs and commands.</summary>
    public void Connect(string nodeName, INodeConnector connector) => _nodes[nodeName] = connector;

    /// <summary>Ends requests, watches, controllers and scheduler; the store holds all that was acknowledged.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        if (_host is not null) await _host.StopAsync();
        try
        {
            await Task.WhenAll(_running);
        }
        catch (OperationCanceledException) { } // asked to end
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_host is not null) await _host.DisposeAsync();
        _scheduler?.Dispose();
        await Task.WhenAny(_keys); // they lie in a directory that may be about to go
        if (_keys.IsCompletedSuccessfully) (await _keys).Pki.Dispose();
        _stopping.Dispose();
    }

    private sealed record Keys(ClusterPki Pki, ServiceAccountTokens Tokens)
    {
        public static Keys LoadOrCreate(ControlPlaneOptions options, TimeProvider time)
        {
            try
            {
                var pki = ClusterPki.LoadOrCreate(new PkiOptions
                {
                    Directory = options.PkiDirectory,
                    NodeName = options.NodeName,
                    ListenAddress = options.Listen.Address,
                    ExtraAddresses = [options.AdvertiseAddress],
                    ServiceAddress = IPAddress.Parse(ApiServerService.ClusterIP(options.ServiceCidr.ToString())),
                    ClusterDomain = options.ClusterDomain,
                }, TimeProvider.System); // the peers' TLS goes by the machine's clock, whatever clock the cluster runs on
                return new Keys(pki, new ServiceAccountTokens(pki.TokenKey, time, options.ClusterDomain));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new InvalidDataException($"{options.PkiDirectory} cannot be used: {SystemFailure.Describe(e)}", e);
            }
        }
    }

    /// <summary>Signs with keys that may still be in the making.</summary>
    private sealed class Issuer(Task<Keys> keys, string clusterDomain) : ITokenIssuer
    {
        public string Audience { get; } = ServiceAccountTokens.IssuerOf(clusterDomain);

        public async ValueTask<V1TokenRequestStatus> IssueAsync(V1ServiceAccount account, Authenticationv1TokenRequest request, BoundObject? bound, CancellationToken ct) =>
            await (await keys.WaitAsync(ct)).Tokens.IssueAsync(account, request, bound, ct);
    }
}
