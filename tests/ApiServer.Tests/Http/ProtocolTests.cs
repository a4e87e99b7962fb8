using System.Net;
using System.Security.Authentication;
using Coxswain.ApiServer.Http;

namespace Coxswain.ApiServer.Tests.Http;

public sealed class ProtocolTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Server_SpeaksBothVersionsOfHttp(string version)
    {
        await using var server = await HttpFixture.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces/ns") { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await server.Admin.SendAsync(request, HttpFixture.Ct);

        Assert.Equal((HttpStatusCode.OK, Version.Parse(version)), (response.StatusCode, response.Version));
    }

    /// <summary>What every cluster has (its namespaces, the account <c>default</c>) is made while the server learns to listen.</summary>
    [Fact]
    public async Task Server_AskedBeforeItIsOpen_AnswersOnceItIs()
    {
        var open = new TaskCompletionSource();
        await using var server = await HttpFixture.StartAsync(new ApiServerOptions { OpenWhen = open.Task });
        var early = server.SendAsync(HttpMethod.Get, "/api/v1/namespaces/ns/configmaps/settings");
        // As long as an answer takes, and longer: another server's, which is open.
        await using var other = await HttpFixture.StartAsync();
        for (var i = 0; i < 10; i++) await other.SendAsync(HttpMethod.Get, "/api/v1/namespaces/ns/configmaps/settings", by: other.ClientWith(other.Pki.AdminCertificate));
        Assert.False(early.IsCompleted);
        await server.CreateConfigMapAsync("settings");
        open.SetResult();

        Assert.Equal(200, (await early.WaitAsync(HttpFixture.Bound, HttpFixture.Ct)).Code);
    }

    [Fact]
    public async Task Server_WithoutTls_AnswersNothing()
    {
        await using var server = await HttpFixture.StartAsync();
        using var plain = new HttpClient();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => plain.GetAsync(new Uri($"http://127.0.0.1:{server.Address.Port}/healthz"), HttpFixture.Ct));
    }

    [Fact]
    public async Task Server_ShowsACertificateOfItsOwnAuthority()
    {
        await using var server = await HttpFixture.StartAsync();
        await using var other = await HttpFixture.StartAsync();
        using var stranger = new SocketsHttpHandler { SslOptions = other.Tls(null) };
        using var client = new HttpClient(stranger);

        // Who trusts another cluster's authority does not trust this one.
        var refused = await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync(new Uri(server.Address, "/healthz"), HttpFixture.Ct));
        Assert.IsType<AuthenticationException>(refused.InnerException);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, "/healthz", by: server.ClientWith(null))).Code);
    }
}
