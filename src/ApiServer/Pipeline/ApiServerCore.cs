using Coxswain.ApiServer.Resources;
using Coxswain.Store;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>The API server without sockets: every served resource over one store.</summary>
public sealed class ApiServerCore
{
    private readonly Dictionary<(string Group, string Version, string Resource), ResourceEndpoint> _endpoints = [];

    public ApiServerCore(IStore store, TimeProvider time, IReadOnlyList<ResourceDefinition> resources, PipelineOptions options)
    {
        (Store, Time, Options) = (store, time, options);
        foreach (var definition in resources)
        {
            var type = definition.ResourceType;
            _endpoints.Add((type.Group, type.Version, type.Resource), new ResourceEndpoint(this, definition, type));
        }
    }

    public IStore Store { get; }
    public TimeProvider Time { get; }
    public PipelineOptions Options { get; }
    public IReadOnlyCollection<ResourceEndpoint> Endpoints => _endpoints.Values;

    /// <summary>Null when that is not served.</summary>
    public ResourceEndpoint? Find(string group, string version, string resource) => _endpoints.GetValueOrDefault((group, version, resource));
}
