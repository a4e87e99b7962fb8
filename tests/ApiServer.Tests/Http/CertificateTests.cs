using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Coxswain.ApiServer.Nodes;
using Coxswain.ApiServer.Tests.Pipeline;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>Certificates and ciphers as a client meets them.</summary>
public sealed class CertificateTests
{
    private const string ConfigMaps = "/api/v1/namespaces/ns/configmaps";

    private static async Task<(string Thumbprint, TlsCipherSuite Suite)> HandshakeAsync(HttpFixture server, SslProtocols protocol = SslProtocols.None, params TlsCipherSuite[] suites)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Address.Host, server.Address.Port, HttpFixture.Ct);
        await using var tls = new SslStream(socket.GetStream());
        var options = server.Tls(server.Pki.AdminCertificate);
        options.EnabledSslProtocols = protocol;
        if (suites.Length > 0) options.CipherSuitesPolicy = new CipherSuitesPolicy(suites);
        await tls.AuthenticateAsClientAsync(options, HttpFixture.Ct).WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
        return (((X509Certificate2)tls.RemoteCertificate!).Thumbprint, tls.NegotiatedCipherSuite);
    }

    [Theory]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384)]
    [InlineData(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA)]
    public async Task Handshake_WithoutAuthenticatedEncryption_Fails(TlsCipherSuite suite)
    {
        await using var server = await HttpFixture.StartAsync();

        await Assert.ThrowsAnyAsync<AuthenticationException>(() => HandshakeAsync(server, SslProtocols.Tls12, suite));
        Assert.Equal(server.Pki.ServingCertificate.Thumbprint, (await HandshakeAsync(server)).Thumbprint); // it serves on
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256)]
    [InlineData(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_128_GCM_SHA256)]
    [InlineData(SslProtocols.Tls13, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256)]
    public async Task Handshake_WithAuthenticatedEncryption_Succeeds(SslProtocols protocol, TlsCipherSuite suite)
    {
        await using var server = await HttpFixture.StartAsync();

        Assert.Equal(suite, (await HandshakeAsync(server, protocol, suite)).Suite);
    }

    [Fact]
    public async Task Handshake_AfterARenewal_ShowsTheNewCertificate()
    {
        var clock = new SetClock();
        await using var server = await HttpFixture.StartAsync(pkiTime: clock);
        var first = await HandshakeAsync(server);
        var watcher = server.ClientWith(server.Pki.AdminCertificate);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, ConfigMaps, by: watcher)).Code);
        clock.Ahead = TimeSpan.FromDays(366);
        var second = await HandshakeAsync(server);

        Assert.NotEqual(first.Thumbprint, second.Thumbprint);
        Assert.Equal(server.Pki.ServingCertificate.Thumbprint, second.Thumbprint);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, ConfigMaps, by: server.ClientWith(server.Pki.AdminCertificate))).Code); // a renewed one, on a new connection
    }

    [Theory]
    [InlineData("2.0")]
    [InlineData("1.1")]
    public async Task Request_AfterTheCertificatesEnd_IsUnauthorizedAndEndsTheConnection(string version)
    {
        var (clock, connections) = (new SetClock(), 0);
        await using var server = await HttpFixture.StartAsync(pkiTime: clock);
        using var handler = new SocketsHttpHandler { SslOptions = server.Tls(server.Pki.AdminCertificate) };
        handler.ConnectCallback = async (context, ct) =>
        {
            connections++;
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new NetworkStream(socket, ownsSocket: true);
        };
        using var client = new HttpClient(handler) { BaseAddress = server.Address, DefaultRequestVersion = Version.Parse(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(ConfigMaps, HttpFixture.Ct)).StatusCode);
        clock.Ahead = TimeSpan.FromDays(366);
        using var late = await client.GetAsync(ConfigMaps, HttpFixture.Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
        Assert.Equal("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}""" + "\n", await late.Content.ReadAsStringAsync(HttpFixture.Ct));
        Assert.Equal(1, connections);
        handler.SslOptions.CertificateChainPolicy!.VerificationTime = clock.GetUtcNow().LocalDateTime;
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(ConfigMaps, HttpFixture.Ct)).StatusCode);
        Assert.Equal(2, connections);
    }

    [Fact]
    public async Task Watch_OfACallerWhoseCertificateEnds_IsBrokenOff()
    {
        var clock = new FixedClock(DateTimeOffset.UtcNow);
        await using var server = await HttpFixture.StartAsync(pkiTime: clock);
        using var response = await server.RequestAsync(HttpMethod.Get, $"{ConfigMaps}?watch=true");
        await using var stream = await response.Content.ReadAsStreamAsync(HttpFixture.Ct);
        using var lines = new StreamReader(stream);
        clock.Advance(TimeSpan.FromDays(364));
        await server.CreateConfigMapAsync("within");
        Assert.Contains("within", await lines.ReadLineAsync(HttpFixture.Ct).AsTask().WaitAsync(HttpFixture.Bound, HttpFixture.Ct), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromDays(2));

        await Assert.ThrowsAnyAsync<IOException>(() => lines.ReadLineAsync(HttpFixture.Ct).AsTask().WaitAsync(HttpFixture.Bound, HttpFixture.Ct));
    }

    [Fact]
    public async Task Exec_OfACallerWhoseCertificateEnds_IsBrokenOff()
    {
        var clock = new FixedClock(DateTimeOffset.UtcNow);
        var node = new ListeningNode();
        await using var server = await PodStreamTests.StartAsync(["a"], node: node, pkiTime: clock);
        using var handler = new SocketsHttpHandler { SslOptions = server.Tls(server.Pki.AdminCertificate) };
        using var client = new HttpMessageInvoker(handler, disposeHandler: false);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("v5.channel.k8s.io");
        var url = new UriBuilder(server.Address) { Scheme = "wss", Path = "/api/v1/namespaces/ns/pods/p/exec", Query = "command=cat&stdin=true&stdout=true" }.Uri;
        await socket.ConnectAsync(url, client, HttpFixture.Ct);
        await node.Started.Task.WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
        clock.Advance(TimeSpan.FromDays(366));

        await node.Ended.Task.WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
        await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            while (true) await socket.ReceiveAsync(new byte[100], HttpFixture.Ct).WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
        });
    }

    /// <summary>A command that waits for input; tells when it began and when it was over.</summary>
    private sealed class ListeningNode : INodeConnector
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WriteLogAsync(V1Pod pod, string container, LogOptions options, Stream output, CancellationToken ct) => throw new NotSupportedException();

        public async Task<int> ExecAsync(V1Pod pod, string container, IReadOnlyList<string> command, ExecStreams streams, CancellationToken ct)
        {
            Started.TrySetResult();
            try
            {
                await streams.Stdin!.CopyToAsync(streams.Stdout!, ct);
                return 0;
            }
            finally { Ended.TrySetResult(); }
        }
    }

    /// <summary>The real time, and as much more as the test likes; timers go by the real one.</summary>
    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
