using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Coxswain.ApiServer.Auth;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// TLS as the API server speaks it: our certificate, and a request for the client's, checked against our CA alone. A bad certificate does
/// not end the handshake (as upstream): the request is answered 401, which tells the caller more than an alert would.
/// </summary>
internal sealed class TlsSetup
{
    private readonly ClusterPki _pki;
    private readonly SslCertificateTrust _acceptable;
    private readonly List<SslApplicationProtocol> _protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
    private volatile Shown _shown;

    private sealed record Shown(X509Certificate2 Certificate, SslStreamCertificateContext Context);

    public TlsSetup(ClusterPki pki)
    {
        _pki = pki;
        _acceptable = SslCertificateTrust.CreateForX509Collection([pki.Authority], sendTrustInHandshake: true);
        _shown = Show(pki.ServingNow());
    }

    public TlsHandshakeCallbackOptions HandshakeOptions() => new()
    {
        HandshakeTimeout = TimeSpan.FromSeconds(10),
        OnConnection = context => ValueTask.FromResult(OptionsFor(context.Connection)),
    };

    private SslServerAuthenticationOptions OptionsFor(BaseConnectionContext connection) => new()
    {
        ServerCertificateContext = ContextNow(),
        ApplicationProtocols = _protocols,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CipherSuitesPolicy = TlsCiphers.Policy,
        AllowTlsResume = false, // the client certificate is shown and checked on every connection
        AllowRenegotiation = false,
        ClientCertificateRequired = true, // asks; whether one must come is for each request to say
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = ClientCertificates.PolicyFor(_pki.Authority, _pki.Time),
        RemoteCertificateValidationCallback = (_, certificate, _, errors) => NoteCaller(connection, certificate, errors),
    };

    /// <summary>The certificate may have been renewed since the last connection.</summary>
    private SslStreamCertificateContext ContextNow()
    {
        var (shown, serving) = (_shown, _pki.ServingNow());
        if (!ReferenceEquals(shown.Certificate, serving)) _shown = shown = Show(serving);
        return shown.Context;
    }

    private Shown Show(X509Certificate2 serving) =>
        new(serving, SslStreamCertificateContext.Create(serving, [_pki.Authority], offline: true, _acceptable));

    private bool NoteCaller(BaseConnectionContext connection, X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 shown) return true;
        var user = errors == SslPolicyErrors.None ? ClientCertificates.ReadUser(shown) : null;
        var caller = new ConnectionCaller(user, new DateTimeOffset(shown.NotAfter), _pki.Time);
        connection.Features.Set(caller);
        caller.Bound(connection);
        return true;
    }
}
