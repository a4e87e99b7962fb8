using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Coxswain.ApiServer.Auth;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// TLS as the API server speaks it: our certificate, and a request for the client's, checked against our CA alone. A bad certificate does not end the
/// handshake (as upstream): the request is answered 401, which tells the caller more than an alert would.
/// </summary>
internal sealed class TlsSetup
{
    private readonly X509Certificate2 _authority;
    private readonly SslStreamCertificateContext _context;
    private readonly List<SslApplicationProtocol> _protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    public TlsSetup(ClusterPki pki)
    {
        _authority = pki.Authority;
        var acceptable = SslCertificateTrust.CreateForX509Collection([pki.Authority], sendTrustInHandshake: true);
        _context = SslStreamCertificateContext.Create(pki.ServingCertificate, [pki.Authority], offline: true, acceptable);
    }

    public TlsHandshakeCallbackOptions HandshakeOptions() => new()
    {
        HandshakeTimeout = TimeSpan.FromSeconds(10),
        OnConnection = context => ValueTask.FromResult(OptionsFor(context.Connection)),
    };

    private SslServerAuthenticationOptions OptionsFor(BaseConnectionContext connection) => new()
    {
        ServerCertificateContext = _context,
        ApplicationProtocols = _protocols,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ClientCertificateRequired = true, // asks; whether one must come is for each request to say
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = ClientCertificates.PolicyFor(_authority),
        RemoteCertificateValidationCallback = (_, certificate, _, errors) => NoteCaller(connection, certificate, errors),
    };

    private static bool NoteCaller(BaseConnectionContext connection, X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 shown) return true;
        var user = errors == SslPolicyErrors.None ? ClientCertificates.ReadUser(shown) : null;
        connection.Features.Set(new ConnectionCaller(user));
        return true;
    }
}
