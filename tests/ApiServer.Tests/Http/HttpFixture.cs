using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Http;
using Coxswain.ApiServer.Nodes;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using Coxswain.Store;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>A real server on a free port, over a store of its own, and clients for it.</summary>
internal sealed class HttpFixture : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("http").FullName;
    private readonly IStore _store;
    private readonly List<IDisposable> _clients = [];

    private readonly TimeProvider _pkiTime;

    private HttpFixture(ApiServerOptions options, INodeConnector? node, TimeProvider time, TimeProvider pkiTime, ILoggerFactory logging, IStore store)
    {
        (_pkiTime, _store) = (pkiTime, store);
        Pki = ClusterPki.LoadOrCreate(new PkiOptions { Directory = Path.Combine(_directory, "pki"), NodeName = "n1" }, pkiTime);
        Tokens = new ServiceAccountTokens(Pki.TokenKey, TimeProvider.System);
        Core = new ApiServerCore(_store, time, ResourceCatalog.All, new PipelineOptions { TokenIssuer = Tokens });
        Client = new InProcessClient(Core, new UserInfo("admin", [UserInfo.Masters]));
        Host = new ApiServerHost(options with { Listen = new IPEndPoint(IPAddress.Loopback, 0) }, Pki, Core, Tokens, name => name == "n1" ? node : null, logging);
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The bound of every wait: far more than anything takes, however busy the machine.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public ClusterPki Pki { get; }
    public ServiceAccountTokens Tokens { get; }
    public ApiServerCore Core { get; }
    public InProcessClient Client { get; }
    public ApiServerHost Host { get; }
    public Uri Address { get; private set; } = null!;
    /// <summary>Shows the admin's certificate.</summary>
    public HttpClient Admin { get; private set; } = null!;
    public string KubeConfigPath => Path.Combine(_directory, "kubeconfig");

    /// <param name="time">The server's clock; tokens go by the system's.</param>
    /// <param name="pkiTime">The clock that certificates go by, the clients' too; the system's when null.</param>
    public static async Task<HttpFixture> StartAsync(
        ApiServerOptions? options = null, INodeConnector? node = null, TimeProvider? time = null, TimeProvider? pkiTime = null, ILoggerFactory? logging = null,
        IStore? store = null, bool furnish = true)
    {
        var fixture = new HttpFixture(
            options ?? new ApiServerOptions(), node, time ?? TimeProvider.System, pkiTime ?? TimeProvider.System, logging ?? NullLoggerFactory.Instance, store ?? new MemoryStore());
        var bound = await fixture.Host.StartAsync(Ct);
        fixture.Address = new Uri($"https://127.0.0.1:{bound.Port}");
        fixture.Pki.WriteKubeConfig(fixture.KubeConfigPath, fixture.Address);
        fixture.Admin = fixture.ClientWith(fixture.Pki.AdminCertificate);
        if (furnish) await fixture.Client.CreateAsync(Kinds.Namespaces, new V1Namespace { Metadata = new V1ObjectMeta { Name = "ns" } }, Ct);
        return fixture;
    }

    public HttpClient ClientWith(X509Certificate2? certificate, string? token = null)
    {
        var handler = new SocketsHttpHandler { SslOptions = Tls(certificate) };
        var client = new HttpClient(handler) { BaseAddress = Address, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        _clients.Add(client);
        return client;
    }

    public SslClientAuthenticationOptions Tls(X509Certificate2? certificate)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { Pki.Authority } };
        policy.VerificationTime = _pkiTime.GetUtcNow().LocalDateTime;
        var options = new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", CertificateChainPolicy = policy };
        // A context sends the certificate whatever CAs the server names.
        if (certificate is not null) options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        return options;
    }

    public async Task<(int Code, string Body)> SendAsync(HttpMethod method, string path, string? body = null, string contentType = "application/json", string? accept = null, HttpClient? by = null)
    {
        using var response = await RequestAsync(method, path, body, contentType, accept, by);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Ct));
    }

    public Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, string? body = null, string contentType = "application/json", string? accept = null, HttpClient? by = null) =>
        RequestAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), contentType, accept, by);

    public async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, byte[]? body, string contentType, string? accept = null, HttpClient? by = null)
    {
        using var request = new HttpRequestMessage(method, path) { Version = HttpVersion.Version20 };
        if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await (by ?? Admin).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }

    public async Task CreateConfigMapAsync(string name) =>
        await Client.CreateAsync(Kinds.ConfigMaps, new V1ConfigMap { Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "ns" }, Data = new Dictionary<string, string> { ["a"] = "b" } }, Ct);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await Host.DisposeAsync();
        await _store.DisposeAsync();
        Pki.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
