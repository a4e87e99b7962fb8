using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.Client;

/// <summary>The API over HTTPS: for what runs on another machine than the server.</summary>
public sealed class HttpApiClient(KubeConfig config) : IApiClient, IDisposable
{
    private readonly HttpClient _http = ApiConnection.Open(config);

    public async Task<T> GetAsync<T>(ResourceType<T> type, string? ns, string name, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        type.Decode(await SendAsync(HttpMethod.Get, type.Path(ns, name), null, ct));

    public async Task<ObjectList<T>> ListAsync<T>(ResourceType<T> type, string? ns, ListOptions options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        ListBody.Read(type, await SendAsync(HttpMethod.Get, type.Path(ns) + QueryText.Of(options), null, ct));

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, string? ns, ListOptions options, [EnumeratorCancellation] CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        using var response = await OpenAsync(HttpMethod.Get, type.Path(ns) + QueryText.Of(options, watch: true), null, ct);
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        await foreach (var line in LineReader.ReadAsync(body, ct)) yield return WatchLine.Read(type, line.Span);
    }

    public async Task<T> CreateAsync<T>(ResourceType<T> type, T value, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        type.Decode(await SendAsync(HttpMethod.Post, type.Path(value.Metadata.NamespaceProperty), Json(type.Encode(value)), ct));

    public async Task<T> UpdateAsync<T>(ResourceType<T> type, T value, string? subresource, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        type.Decode(await SendAsync(HttpMethod.Put, type.Path(value.Metadata.NamespaceProperty, value.Metadata.Name, subresource), Json(type.Encode(value)), ct));

    public async Task<T> PatchAsync<T>(ResourceType<T> type, string? ns, string name, Patch patch, string? subresource, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        type.Decode(await SendAsync(HttpMethod.Patch, type.Path(ns, name, subresource), Body(patch.Body, patch.ContentType), ct));

    public Task DeleteAsync<T>(ResourceType<T> type, string? ns, string name, V1DeleteOptions? options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        SendAsync(HttpMethod.Delete, type.Path(ns, name), Optional(options), ct);

    public Task DeleteCollectionAsync<T>(ResourceType<T> type, string? ns, ListOptions selection, V1DeleteOptions? options, CancellationToken ct)
        where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        SendAsync(HttpMethod.Delete, type.Path(ns) + QueryText.Of(selection), Optional(options), ct);

    public Task BindAsync(V1Binding binding, CancellationToken ct) =>
        SendAsync(HttpMethod.Post, Kinds.Pods.Path(binding.Metadata.NamespaceProperty, binding.Metadata.Name, "binding"), Json(KubeJson.Serialize(binding)), ct);

    public async Task<Authenticationv1TokenRequest> CreateTokenAsync(string ns, string serviceAccount, Authenticationv1TokenRequest request, CancellationToken ct) =>
        KubeJson.Deserialize<Authenticationv1TokenRequest>(await SendAsync(HttpMethod.Post, Kinds.ServiceAccounts.Path(ns, serviceAccount, "token"), Json(KubeJson.Serialize(request)), ct))!;

    /// <summary>The body of what a path that is no resource answers, as it comes.</summary>
    /// <exception cref="StatusException">The server refuses, or cannot be reached.</exception>
    public async Task<Stream> OpenAsync(string path, CancellationToken ct) =>
        await (await OpenAsync(HttpMethod.Get, path, null, ct)).Content.ReadAsStreamAsync(ct);

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken ct)
    {
        using var response = await OpenAsync(method, path, body, ct);
        try
        {
            return await response.Content.ReadAsByteArrayAsync(ct);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable(e);
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, HttpContent? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body, Version = _http.DefaultRequestVersion, VersionPolicy = _http.DefaultVersionPolicy };
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e);
        }
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await FailureOfAsync(response, ct);
    }

    private StatusException Unreachable(Exception e) => ApiErrors.ServiceUnavailable($"{_http.BaseAddress}: {e.Message}");

    /// <summary>The Status in the body; an answer without one (a proxy's, say) becomes one.</summary>
    private static async Task<StatusException> FailureOfAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var body = await response.Content.ReadAsByteArrayAsync(ct);
        try
        {
            if (KubeJson.Deserialize<V1Status>(body) is { Kind: "Status", Code: not null } status) return new StatusException(status);
        }
        catch (JsonException)
        {
            // Not ours.
        }
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => ApiErrors.PathNotFound(),
            HttpStatusCode.Unauthorized => ApiErrors.Unauthorized(),
            var code => ApiErrors.ServiceUnavailable($"the server answered {(int)code} without saying why"),
        };
    }

    private static ByteArrayContent? Optional(V1DeleteOptions? options) => options is null ? null : Json(KubeJson.Serialize(options));

    private static ByteArrayContent Json(byte[] json) => new(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static ReadOnlyMemoryContent Body(ReadOnlyMemory<byte> bytes, string contentType) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
}
