using Coxswain.Api;
using Coxswain.ApiServer.Admission;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Pipeline.Versions;
using Coxswain.ApiServer.Quotas;
using Coxswain.ApiServer.Resources;
using Coxswain.ApiServer.Resources.Core.Services;
using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>The API server without sockets: every served resource over one store.</summary>
public sealed class ApiServerCore
{
    private readonly Dictionary<(string Group, string Version, string Resource), ResourceEndpoint> _endpoints = [];
    private readonly Dictionary<ResourceType, IWriteHook> _hooks = [];

    public ApiServerCore(IStore store, TimeProvider time, IReadOnlyList<ResourceDefinition> resources, PipelineOptions options)
    {
        (Store, Time, Options) = (store, time, options);
        Quotas = new QuotaLedger(this);
        foreach (var definition in resources)
        {
            var stored = new StoredResource(store, definition, Quotas, options.DetectMutation);
            Add(new ResourceEndpoint(this, stored, null));
            foreach (var edge in VersionEdges.Of(definition.ResourceType)) Add(new ResourceEndpoint(this, stored, edge));
        }
        Authorizer = new Authorizer(this);
        if (options.TokenIssuer is ServiceAccountTokens tokens) Authenticator = new Authenticator(this, tokens);
        var services = new ServiceAllocator(options.ServiceCidr, options.NodePorts);
        services.Restore(store);
        AddHook(services);
        Quotas.Restore();
    }

    public IStore Store { get; }
    public TimeProvider Time { get; }
    public PipelineOptions Options { get; }
    internal Authorizer Authorizer { get; }
    /// <summary>Null for a server that issues no tokens.</summary>
    internal Authenticator? Authenticator { get; }
    internal QuotaLedger Quotas { get; }
    internal AdmissionChain Admission { get; } = new(AdmissionSteps.All);

    /// <summary>Before the first request only.</summary>
    public void AddHook(IWriteHook hook) => _hooks.Add(hook.ResourceType, hook);

    /// <summary>Every resource in every served version.</summary>
    public IReadOnlyCollection<ResourceEndpoint> Endpoints => _endpoints.Values;

    /// <summary>Null when that is not served.</summary>
    public ResourceEndpoint? Find(string group, string version, string resource) => _endpoints.GetValueOrDefault((group, version, resource));

    /// <summary>Null when there is none. Shared: never to be changed.</summary>
    internal T? Look<T>(ResourceType<T> type, string ns, string name) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var stored = Find(type.Group, type.Version, type.Resource)?.Stored;
        return stored?.Get(ns, name) is { } value ? (T)stored.Shared(value) : null;
    }

    internal WriteClaim? Claim(ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta>? old, bool dryRun) =>
        _hooks.TryGetValue(definition.ResourceType, out var hook) ? hook.Claim(value, old, dryRun) : null;

    internal void Gone(ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> value)
    {
        if (_hooks.TryGetValue(definition.ResourceType, out var hook)) hook.Deleted(value);
    }

    /// <summary>As timestamps show it: whole seconds.</summary>
    internal DateTime Now()
    {
        var now = Time.GetUtcNow().UtcDateTime;
        return new DateTime(now.Ticks - now.Ticks % TimeSpan.TicksPerSecond, DateTimeKind.Utc);
    }

    private void Add(ResourceEndpoint endpoint)
    {
        var type = endpoint.ServedType;
        _endpoints.Add((type.Group, type.Version, type.Resource), endpoint);
    }
}
