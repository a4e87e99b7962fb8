using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Objects;

/// <summary>The ConfigMaps, Secrets and Services that the Pods of this node need.</summary>
internal sealed class NodeObjects : IAsyncDisposable
{
    private readonly Informer<V1Service> _services;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<Task> _serviceWatch;

    public NodeObjects(IApiClient client, TimeProvider time, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger("Coxswain.Node.Objects");
        ConfigMaps = new(client, Kinds.ConfigMaps, time, logger);
        Secrets = new(client, Kinds.Secrets, time, logger);
        _services = new Informer<V1Service>(client, Kinds.Services, new InformerOptions(), time, logger);
        _serviceWatch = new(() => Task.Run(() => _services.RunAsync(_stop.Token)));
    }

    public ObjectWatches<V1ConfigMap> ConfigMaps { get; }
    public ObjectWatches<V1Secret> Secrets { get; }

    /// <summary>Opens the watch of Services ahead of the first Pod.</summary>
    public void Start() => _ = _serviceWatch.Value;

    public async ValueTask<IReadOnlyCollection<V1Service>> ServicesAsync(CancellationToken ct)
    {
        Start();
        await _services.HasSynced.WaitAsync(ct);
        return _services.Cache.List();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_serviceWatch.IsValueCreated) await _serviceWatch.Value;
        await ConfigMaps.DisposeAsync();
        await Secrets.DisposeAsync();
        _stop.Dispose();
    }
}
