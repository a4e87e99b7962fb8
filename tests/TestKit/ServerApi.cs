using Coxswain.Api;
using Coxswain.ApiServer;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using Coxswain.Client;
using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.TestKit;

/// <summary>The real API server in this process, on a store in memory, with its detector of changed shared objects on.</summary>
public sealed class ServerApi : IAsyncDisposable
{
    private readonly MemoryStore _store = new();
    private readonly ApiServerCore _core;

    /// <param name="detectMutation">Off where speed is what is looked at.</param>
    public ServerApi(TimeProvider time, bool detectMutation = true)
    {
        _core = new ApiServerCore(_store, time, ResourceCatalog.All, new PipelineOptions { DetectMutation = detectMutation });
        Client = ClientFor("admin");
    }

    /// <summary>May do anything.</summary>
    public IApiClient Client { get; }

    public IApiClient ClientFor(string name) => new InProcessClient(_core, new UserInfo(name, [UserInfo.Masters, UserInfo.Authenticated]));

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    public async Task<IReadOnlyList<T>> AllAsync<T>(ResourceType<T> type, string? ns, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        (await Client.ListAsync(type, ns, new ListOptions(), ct)).Items;

    /// <summary>Null when there is none.</summary>
    public async Task<T?> FindAsync<T>(ResourceType<T> type, string? ns, string name, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        try
        {
            return await Client.GetAsync(type, ns, name, ct);
        }
        catch (StatusException e) when (e.Code == 404)
        {
            return null;
        }
    }

    /// <summary>Reads, changes a copy, writes it back; again when somebody was faster.</summary>
    public async Task<T> ChangeAsync<T>(ResourceType<T> type, string? ns, string name, string? subresource, Action<T> change, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        while (true)
        {
            var copy = type.Clone(await Client.GetAsync(type, ns, name, ct));
            change(copy);
            try
            {
                return await Client.UpdateAsync(type, copy, subresource, ct);
            }
            catch (StatusException e) when (e.Code == 409) { }
        }
    }
}
