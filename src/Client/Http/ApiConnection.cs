using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Coxswain.Client;

/// <summary>Makes the HTTP client that speaks to an API server: HTTP/2 (or 1.1), its CA alone trusted, our certificate or token shown.</summary>
internal static class ApiConnection
{
    public static HttpClient Open(KubeConfig config)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
            // A watch can be silent for long: pings tell a silent connection from a dead one.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            AutomaticDecompression = DecompressionMethods.GZip,
            SslOptions = TlsFor(config),
        };
        var client = new HttpClient(handler)
        {
            BaseAddress = config.Server,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        client.DefaultRequestHeaders.UserAgent.ParseAdd("coxswain");
        if (config.Token is { } token) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static SslClientAuthenticationOptions TlsFor(KubeConfig config)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = config.Server.Host };
        if (config.ClientCertificate() is { } own) options.ClientCertificateContext = SslStreamCertificateContext.Create(own, null, offline: true);
        if (config.AuthorityPem is { } pem)
        {
            var trusted = new X509Certificate2Collection();
            trusted.ImportFromPem(pem);
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
            policy.CustomTrustStore.AddRange(trusted);
            options.CertificateChainPolicy = policy;
        }
        return options;
    }
}
