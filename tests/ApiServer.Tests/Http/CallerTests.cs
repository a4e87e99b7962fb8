using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

public sealed class CallerTests
{
    private const string Pods = "/api/v1/namespaces/ns/pods";

    [Theory]
    [InlineData("/healthz", 200)]
    [InlineData("/livez", 200)]
    [InlineData("/readyz", 200)]
    [InlineData("/version", 200)]
    [InlineData("/api", 401)]
    [InlineData("/api/v1/namespaces/ns/pods", 401)]
    public async Task Anonymous_SeesHealthAndVersionOnly(string path, int code)
    {
        await using var server = await HttpFixture.StartAsync();

        Assert.Equal(code, (await server.SendAsync(HttpMethod.Get, path, by: server.ClientWith(null))).Code);
    }

    [Fact]
    public async Task Anonymous_OnAResource_ReadsUnauthorized()
    {
        await using var server = await HttpFixture.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Get, Pods, by: server.ClientWith(null));

        Assert.Equal("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}""" + "\n", answer.Body);
    }

    [Fact]
    public async Task Certificate_OfAnotherAuthority_IsUnauthorized()
    {
        await using var server = await HttpFixture.StartAsync();
        await using var other = await HttpFixture.StartAsync();

        Assert.Equal(401, (await server.SendAsync(HttpMethod.Get, Pods, by: server.ClientWith(other.Pki.AdminCertificate))).Code);
    }

    [Fact]
    public async Task Token_OfAServiceAccount_IsKnownAndForbiddenInUpstreamsWords()
    {
        await using var server = await HttpFixture.StartAsync();
        using var client = server.ClientWith(null, await TokenAsync(server));
        var pods = await server.SendAsync(HttpMethod.Get, Pods, by: client);
        var nodes = await server.SendAsync(HttpMethod.Get, "/api/v1/nodes/n1", by: client);
        var path = await server.SendAsync(HttpMethod.Get, "/metrics", by: client);

        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, "/api/v1", by: client)).Code);
        Assert.Equal((403, 403, 403), (pods.Code, nodes.Code, path.Code));
        Assert.Contains("""pods is forbidden: User \"system:serviceaccount:ns:sa\" cannot list resource \"pods\" in API group \"\" in the namespace \"ns""", pods.Body, StringComparison.Ordinal);
        Assert.Contains("""nodes \"n1\" is forbidden: User \"system:serviceaccount:ns:sa\" cannot get resource \"nodes\" in API group \"\" at the cluster scope""", nodes.Body, StringComparison.Ordinal);
        Assert.Contains("""forbidden: User \"system:serviceaccount:ns:sa\" cannot get path \"/metrics""", path.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_OfADeletedServiceAccount_IsUnauthorized()
    {
        await using var server = await HttpFixture.StartAsync();
        using var client = server.ClientWith(null, await TokenAsync(server));
        await server.Client.DeleteAsync(Kinds.ServiceAccounts, "ns", "sa", null, HttpFixture.Ct);

        Assert.Equal(401, (await server.SendAsync(HttpMethod.Get, "/api/v1", by: client)).Code);
    }

    [Fact]
    public async Task Token_ChangedByOneLetter_IsUnauthorized()
    {
        await using var server = await HttpFixture.StartAsync();
        var token = await TokenAsync(server);
        var at = token.Length - 20;
        using var client = server.ClientWith(null, token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..]);

        Assert.Equal(401, (await server.SendAsync(HttpMethod.Get, "/api/v1", by: client)).Code);
    }

    private static async Task<string> TokenAsync(HttpFixture server)
    {
        var account = await server.Client.CreateAsync(Kinds.ServiceAccounts, new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "sa", NamespaceProperty = "ns" } }, HttpFixture.Ct);
        var request = new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { Audiences = [], ExpirationSeconds = 600 } };
        return (await server.Tokens.IssueAsync(account, request, null, HttpFixture.Ct)).Token;
    }
}
