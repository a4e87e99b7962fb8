using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Coxswain.Bench.Cluster;

namespace Coxswain.Soak.Clusters;

/// <summary>A client of one server over connections of its own. Gives every answer as it is, and throws only when there is none.</summary>
internal sealed class ApiClient : IDisposable
{
    public const string JsonType = "application/json", YamlType = "application/yaml", MergePatch = "application/merge-patch+json";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly Tally? _tally;

    /// <param name="tally">Counts what is sent; null for what is not part of the load.</param>
    /// <param name="newConnections">Each request gets one of its own.</param>
    public ApiClient(KubeConfig config, Tally? tally, bool newConnections = false)
    {
        _tally = tally;
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = newConnections ? TimeSpan.Zero : Timeout.InfiniteTimeSpan,
            SslOptions = TlsOptions(config),
        })
        { BaseAddress = config.Server, Timeout = Timeout.InfiniteTimeSpan };
    }

    public static SslClientAuthenticationOptions TlsOptions(KubeConfig config)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(config.Authority);
        return new SslClientAuthenticationOptions
        {
            TargetHost = config.Server.Host,
            ClientCertificateContext = SslStreamCertificateContext.Create(config.Client, null, offline: true),
            CertificateChainPolicy = trust,
        };
    }

    public Task<Answer> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, (byte[]?)null, JsonType, ct);

    public Task<Answer> DeleteAsync(string path, CancellationToken ct, string? options = null) =>
        SendAsync(HttpMethod.Delete, path, options, JsonType, ct);

    public Task<Answer> PostAsync(string path, string body, CancellationToken ct) => SendAsync(HttpMethod.Post, path, body, JsonType, ct);

    public Task<Answer> SendAsync(HttpMethod method, string path, string? body, string contentType, CancellationToken ct) =>
        SendAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), contentType, ct);

    /// <exception cref="HttpRequestException">No answer: the connection was refused or broke.</exception>
    /// <exception cref="TimeoutException">No answer in half a minute.</exception>
    public async Task<Answer> SendAsync(HttpMethod method, string path, byte[]? body, string contentType, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        using var request = NewRequest(method, path, body, contentType);
        try
        {
            using var response = await _http.SendAsync(request, limit.Token);
            var text = await response.Content.ReadAsStringAsync(limit.Token);
            _tally?.Answered((int)response.StatusCode);
            return new Answer((int)response.StatusCode, text, response.Headers.RetryAfter?.Delta);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            _tally?.Lost();
            throw new TimeoutException($"no answer to {method} {Texts.Short(path)} in {Limit.TotalSeconds} s");
        }
        catch (HttpRequestException)
        {
            _tally?.Lost();
            throw;
        }
    }

    /// <summary>A GET that blocks this thread, so that no thread pool stands between the server and the clock.</summary>
    public int Get(string path, CancellationToken ct)
    {
        using var request = NewRequest(HttpMethod.Get, path, null, JsonType);
        using var response = _http.Send(request, ct);
        return (int)response.StatusCode;
    }

    /// <summary>An answer that is read while it comes, such as a watch.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path, CancellationToken ct) =>
        _http.SendAsync(NewRequest(HttpMethod.Get, path, null, JsonType), HttpCompletionOption.ResponseHeadersRead, ct);

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage NewRequest(HttpMethod method, string path, byte[]? body, string contentType)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(JsonType));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
        return request;
    }
}
