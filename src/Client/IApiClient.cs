using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.Client;

/// <summary>
/// The Kubernetes API as controllers, scheduler and node see it. Two implementations: over HTTPS, and inside the server's process (the same pipeline
/// without sockets). Every failure is a <see cref="StatusException"/>.
/// </summary>
/// <remarks>
/// Objects that come back may be shared with caches and other readers: never change them; take <see cref="ResourceType{T}.Clone"/>.
/// Objects handed in belong to the API from then on.
/// </remarks>
public interface IApiClient
{
    Task<T> GetAsync<T>(ResourceType<T> type, string? ns, string name, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new();

    /// <param name="ns">Null or empty for all namespaces.</param>
    Task<ObjectList<T>> ListAsync<T>(ResourceType<T> type, string? ns, ListOptions options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new();

    /// <summary>Events after <see cref="ListOptions.ResourceVersion"/>, in order, until <paramref name="ct"/> or the server ends the watch.</summary>
    /// <exception cref="StatusException">410 Expired: list again.</exception>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, string? ns, ListOptions options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new();

    /// <summary>Creates the object in its own <c>metadata.namespace</c>.</summary>
    Task<T> CreateAsync<T>(ResourceType<T> type, T value, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new();

    /// <summary>Replaces the object; with <c>metadata.resourceVersion</c> set, only if that is still the newest (else 409 Conflict).</summary>
    /// <param name="subresource">Null, <c>status</c> ...</param>
    Task<T> UpdateAsync<T>(ResourceType<T> type, T value, string? subresource, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new();

    Task<T> PatchAsync<T>(ResourceType<T> type, string? ns, string name, Patch patch, string? subresource, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new();

    /// <summary>Asks for deletion: the object may live on until its grace period and finalizers are done.</summary>
    Task DeleteAsync<T>(ResourceType<T> type, string? ns, string name, V1DeleteOptions? options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new();

    /// <summary>Asks for deletion of every object of a collection that <paramref name="selection"/> selects.</summary>
    Task DeleteCollectionAsync<T>(ResourceType<T> type, string? ns, ListOptions selection, V1DeleteOptions? options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new();

    /// <summary>POST pods/NAME/binding: assigns an unassigned Pod to a node (409 when it has one).</summary>
    Task BindAsync(V1Binding binding, CancellationToken ct);

    /// <summary>POST serviceaccounts/NAME/token.</summary>
    Task<Authenticationv1TokenRequest> CreateTokenAsync(string ns, string serviceAccount, Authenticationv1TokenRequest request, CancellationToken ct);
}
