using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Coxswain.Bench.Cluster;

/// <summary>A client of one HTTPS server: bytes in, bytes out, with as little of its own in between as .NET's handler allows.</summary>
internal sealed class ApiConnection : IDisposable
{
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _http;
    private readonly Uri _server;
    private readonly Version _version;

    public ApiConnection(KubeConfig config, Version version)
    {
        (_server, _version) = (config.Server, version);
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(config.Authority);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificateContext = SslStreamCertificateContext.Create(config.Client, null, offline: true),
                CertificateChainPolicy = trust,
            },
        });
    }

    /// <summary>Sends, and reads the answer to its end without keeping it.</summary>
    /// <param name="buffer">Room for reading; the caller's own.</param>
    /// <returns>The answer's length.</returns>
    /// <exception cref="HttpRequestException">Any answer but 2xx.</exception>
    public async ValueTask<long> DrainAsync(Call call, byte[] buffer, CancellationToken ct)
    {
        using var response = await SendAsync(call, ct);
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        long length = 0;
        while (await body.ReadAsync(buffer, ct) is > 0 and var read) length += read;
        return length;
    }

    /// <exception cref="HttpRequestException">Any answer but 2xx.</exception>
    public async Task<byte[]> ReadAsync(Call call, CancellationToken ct)
    {
        using var response = await SendAsync(call, ct);
        return await response.Content.ReadAsByteArrayAsync(ct);
    }

    /// <summary>Returns once the headers are there.</summary>
    /// <exception cref="HttpRequestException">Any answer but 2xx; the message holds what the server said.</exception>
    public async Task<HttpResponseMessage> SendAsync(Call call, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(call.Method, new Uri(_server, call.Path)) { Version = _version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Accept.Add(Json);
        if (call.Body.Length > 0)
        {
            request.Content = new ReadOnlyMemoryContent(call.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", call.ContentType);
        }
        var response = await _http.SendAsync(request, ct);
        if (response.IsSuccessStatusCode) return response;
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(ct);
            throw new HttpRequestException($"{call.Method} {call.Path}: {(int)response.StatusCode} {text[..Math.Min(text.Length, 300)].Trim()}", null, response.StatusCode);
        }
    }

    public void Dispose() => _http.Dispose();
}
