using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer;

/// <summary>The API inside the server's own process: the same pipeline as over HTTPS, without sockets and without encoding twice.</summary>
public sealed class InProcessClient(ApiServerCore core, UserInfo user) : IApiClient
{
    public Task<T> GetAsync<T>(ResourceType<T> type, string? ns, string name, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        Task.FromResult((T)Endpoint(type).ObjectOf(Endpoint(type).Get(Context(ns, name, ct))));

    public Task<ObjectList<T>> ListAsync<T>(ResourceType<T> type, string? ns, ListOptions options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() => throw new NotImplementedException();
    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, string? ns, ListOptions options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() => throw new NotImplementedException();
    public Task<T> CreateAsync<T>(ResourceType<T> type, T value, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() => throw new NotImplementedException();
    public Task<T> UpdateAsync<T>(ResourceType<T> type, T value, string? subresource, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() => throw new NotImplementedException();
    public Task<T> PatchAsync<T>(ResourceType<T> type, string? ns, string name, Patch patch, string? subresource, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() => throw new NotImplementedException();
    public Task DeleteAsync<T>(ResourceType<T> type, string? ns, string name, V1DeleteOptions? options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() => throw new NotImplementedException();
    public Task DeleteCollectionAsync<T>(ResourceType<T> type, string? ns, ListOptions selection, V1DeleteOptions? options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() => throw new NotImplementedException();
    public Task BindAsync(V1Binding binding, CancellationToken ct) => throw new NotImplementedException();
    public Task<Authenticationv1TokenRequest> CreateTokenAsync(string ns, string serviceAccount, Authenticationv1TokenRequest request, CancellationToken ct) => throw new NotImplementedException();

    private ResourceEndpoint Endpoint(ResourceType type) => core.Find(type.Group, type.Version, type.Resource) ?? throw ApiErrors.PathNotFound();

    private RequestContext Context(string? ns, string name, CancellationToken ct) => new() { User = user, Namespace = ns ?? "", Name = name, Cancelled = ct };
}
