using System.Globalization;
using System.Runtime.CompilerServices;
using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer;

/// <summary>
/// The API inside the server's own process: the same pipeline as over HTTPS, without sockets and without encoding twice. What <paramref name="user"/> may not do
/// over HTTPS is refused here too.
/// </summary>
/// <remarks>What it returns is shared with every other reader in the process. Nobody may change it; <see cref="PipelineOptions.DetectMutation"/> finds who does.</remarks>
public sealed class InProcessClient(ApiServerCore core, UserInfo user) : IApiClient
{
    public Task<T> GetAsync<T>(ResourceType<T> type, string? ns, string name, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() => Run(() =>
    {
        var endpoint = Allowed(type, "get", ns, name);
        return ValueTask.FromResult((T)endpoint.ObjectOf(endpoint.Get(Context(ns, name, ct))));
    });

    public Task<ObjectList<T>> ListAsync<T>(ResourceType<T> type, string? ns, ListOptions options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() => Run(() =>
    {
        var endpoint = AllowedMany(type, "list", ns, options);
        var list = endpoint.List(Context(ns, "", ct), Query(options));
        var next = list.Continue.Length == 0 ? null : list.Continue;
        return ValueTask.FromResult(new ObjectList<T>(new DecodedList<T>(endpoint, list.Items), list.Revision.ToString(CultureInfo.InvariantCulture), next));
    });

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, string? ns, ListOptions options, [EnumeratorCancellation] CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var endpoint = AllowedMany(type, "watch", ns, options);
        using var stream = endpoint.WatchShared(Context(ns, "", ct), Query(options));
        while (await stream.ReadAsync(ct) is { Count: > 0 } frames)
        {
            foreach (var frame in frames)
            {
                if (frame.Error is { } error) throw error;
                yield return new WatchEvent<T>((Coxswain.Client.WatchEventType)frame.Type, (T)endpoint.ObjectOf(frame));
            }
        }
    }

    public Task<T> CreateAsync<T>(ResourceType<T> type, T value, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() => Run(async () =>
    {
        var endpoint = Allowed(type, "create", value.Metadata?.NamespaceProperty, "");
        return (T)endpoint.ObjectOf(await endpoint.CreateAsync(Context(value.Metadata?.NamespaceProperty, "", ct), ObjectBody.Of(value)));
    });

    public Task<T> UpdateAsync<T>(ResourceType<T> type, T value, string? subresource, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() => Run(async () =>
    {
        var endpoint = Allowed(type, "update", value.Metadata?.NamespaceProperty, value.Metadata?.Name ?? "", subresource ?? "");
        var context = Context(value.Metadata?.NamespaceProperty, value.Metadata?.Name ?? "", ct);
        return (T)endpoint.ObjectOf(await endpoint.UpdateAsync(context, ObjectBody.Of(value), subresource ?? ""));
    });

    public Task<T> PatchAsync<T>(ResourceType<T> type, string? ns, string name, Patch patch, string? subresource, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>, new() => Run(async () =>
    {
        var endpoint = Allowed(type, "patch", ns, name, subresource ?? "");
        return (T)endpoint.ObjectOf(await endpoint.PatchAsync(Context(ns, name, ct), patch, subresource ?? ""));
    });

    public Task DeleteAsync<T>(ResourceType<T> type, string? ns, string name, V1DeleteOptions? options, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>, new() => Run(() => Allowed(type, "delete", ns, name).DeleteAsync(Context(ns, name, ct), options));

    public Task DeleteCollectionAsync<T>(ResourceType<T> type, string? ns, ListOptions selection, V1DeleteOptions? options, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>, new() => Run(() =>
        AllowedMany(type, "deletecollection", ns, selection).DeleteCollectionAsync(Context(ns, "", ct), Query(selection), options));

    public Task BindAsync(V1Binding binding, CancellationToken ct) => Run(() =>
        Allowed(Kinds.Pods, "create", binding.Metadata.NamespaceProperty, binding.Metadata.Name, "binding").CreateAsync(Context(binding.Metadata.NamespaceProperty, binding.Metadata.Name, ct), ObjectBody.Of(binding), "binding"));

    public Task<Authenticationv1TokenRequest> CreateTokenAsync(string ns, string serviceAccount, Authenticationv1TokenRequest request, CancellationToken ct) => Run(async () =>
        (Authenticationv1TokenRequest)(await Allowed(Kinds.ServiceAccounts, "create", ns, serviceAccount, "token").CreateAsync(Context(ns, serviceAccount, ct), ObjectBody.Of(request), "token")).Value!);

    /// <summary>Failures come out of the task, also those found before anything had to be waited for.</summary>
    private static async Task<TResult> Run<TResult>(Func<ValueTask<TResult>> request) => await request();

    /// <exception cref="StatusException">404: not served. 403: not for this user.</exception>
    private ResourceEndpoint Allowed(ResourceType type, string verb, string? ns, string name, string subresource = "") =>
        Allowed(type, new AccessRequest(verb, type.Group, type.Resource, subresource, type.Namespaced ? ns ?? "" : "", name));

    private ResourceEndpoint AllowedMany(ResourceType type, string verb, string? ns, ListOptions options)
    {
        var (fields, space) = (options.FieldSelector, type.Namespaced ? ns ?? "" : "");
        var name = AccessRequest.SelectedName(fields);
        return Allowed(type, new AccessRequest(verb, type.Group, type.Resource, "", space, name) { FieldSelector = fields });
    }

    private ResourceEndpoint Allowed(ResourceType type, in AccessRequest request)
    {
        var endpoint = core.Find(type.Group, type.Version, type.Resource) ?? throw ApiErrors.PathNotFound();
        core.Authorizer.Demand(user, request);
        return endpoint;
    }

    private RequestContext Context(string? ns, string name, CancellationToken ct) => new() { User = user, Namespace = ns ?? "", Name = name, Cancelled = ct };

    private static ListQuery Query(ListOptions options) => new()
    {
        LabelSelector = options.LabelSelector ?? "",
        FieldSelector = options.FieldSelector ?? "",
        ResourceVersion = options.ResourceVersion ?? "",
        Limit = options.Limit ?? 0,
        Continue = options.Continue ?? "",
        AllowWatchBookmarks = options.AllowBookmarks,
    };
}
