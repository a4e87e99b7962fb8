using System.Net;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>Texts as <c>k8s.io/apiserver/pkg/server/healthz</c> writes them.</summary>
public sealed class HealthTests
{
    private const string Verbose = "[+]ping ok\n[+]log ok\n[+]etcd ok\n";

    [Theory]
    [InlineData("/healthz", "ok")]
    [InlineData("/livez", "ok")]
    [InlineData("/readyz", "ok")]
    [InlineData("/livez?verbose", Verbose + "livez check passed\n")]
    [InlineData("/healthz?verbose", Verbose + "healthz check passed\n")]
    [InlineData("/readyz?verbose=1", Verbose + "[+]etcd-readiness ok\n[+]shutdown ok\nreadyz check passed\n")]
    [InlineData("/livez?verbose&exclude=etcd&exclude=log", "[+]ping ok\n[+]log excluded: ok\n[+]etcd excluded: ok\nlivez check passed\n")]
    [InlineData("/livez?verbose&exclude=nope&exclude=b", Verbose + "warn: some health checks cannot be excluded: no matches for \"b\",\"nope\"\nlivez check passed\n")]
    [InlineData("/livez/etcd", "ok")]
    [InlineData("/readyz/etcd-readiness", "ok")]
    [InlineData("/readyz/shutdown", "ok")]
    public async Task Check_OfAServerThatWrites_Passes(string path, string body)
    {
        await using var server = await HttpFixture.StartAsync();

        Assert.Equal((200, body), await server.SendAsync(HttpMethod.Get, path));
    }

    [Theory]
    [InlineData("/livez/nope")]
    [InlineData("/livez/etcd-readiness")]
    [InlineData("/livez/etcd/x")]
    public async Task UnknownCheck_Is404(string path)
    {
        await using var server = await HttpFixture.StartAsync();

        Assert.Equal((404, "404 page not found\n"), await server.SendAsync(HttpMethod.Get, path));
    }

    [Theory]
    [InlineData("/healthz", "[+]ping ok\n[+]log ok\n[-]etcd failed: reason withheld\nhealthz check failed\n")]
    [InlineData("/livez", "[+]ping ok\n[+]log ok\n[-]etcd failed: reason withheld\nlivez check failed\n")]
    [InlineData("/readyz", "[+]ping ok\n[+]log ok\n[-]etcd failed: reason withheld\n[-]etcd-readiness failed: reason withheld\n[+]shutdown ok\nreadyz check failed\n")]
    [InlineData("/livez/etcd", "internal server error: the store cannot write: the disk is full\n")]
    [InlineData("/readyz/etcd-readiness", "internal server error: the store cannot write: the disk is full\n")]
    public async Task Check_WhileTheStoreCannotWrite_FailsAndPassesAgainAfterwards(string path, string body)
    {
        var store = new FailingStore { Reason = "the disk is full" };
        await using var server = await HttpFixture.StartAsync(store: store);

        using var failed = await server.RequestAsync(HttpMethod.Get, path);
        Assert.Equal((HttpStatusCode.InternalServerError, "text/plain; charset=utf-8", body),
            (failed.StatusCode, $"{failed.Content.Headers.ContentType}", await failed.Content.ReadAsStringAsync(HttpFixture.Ct)));
        Assert.Equal(["nosniff"], failed.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, "/livez/ping")).Code);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, "/livez?exclude=etcd")).Code);

        store.Reason = null;
        Assert.Equal((200, "ok"), await server.SendAsync(HttpMethod.Get, path));
    }

    [Fact]
    public async Task Reason_IsForThoseWhoMayEverything()
    {
        var store = new FailingStore();
        await using var server = await HttpFixture.StartAsync(store: store);
        var token = await TokenAsync(server);

        store.Reason = "the disk is full";

        Assert.Equal(401, (await server.SendAsync(HttpMethod.Get, "/livez/etcd", by: server.ClientWith(null))).Code);
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Get, "/livez/etcd", by: server.ClientWith(null, token))).Code);
        Assert.DoesNotContain("full", (await server.SendAsync(HttpMethod.Get, "/livez?verbose", by: server.ClientWith(null))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_WhileTheStoreCannotWrite_SaysWhyInPlainWords()
    {
        var store = new FailingStore();
        await using var server = await HttpFixture.StartAsync(store: store);
        store.Reason = "the disk is full";

        var (code, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/ns/configmaps", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}""");

        Assert.Equal((500, """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the write could not be made durable: the disk is full","code":500}""" + "\n"), (code, body));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, "/api/v1/namespaces/ns/configmaps")).Code); // what is there can be read
    }

    private static async Task<string> TokenAsync(HttpFixture server)
    {
        var account = await server.Client.CreateAsync(Kinds.ServiceAccounts, new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "sa", NamespaceProperty = "ns" } }, HttpFixture.Ct);
        return (await server.Tokens.IssueAsync(account, new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { Audiences = [] } }, null, HttpFixture.Ct)).Token;
    }
}
