using System.Net;
using System.Net.Http.Headers;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Http;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http.Limits;

public sealed class InFlightTests
{
    private const string ConfigMaps = "/api/v1/namespaces/ns/configmaps";
    private static readonly UserInfo Somebody = new("somebody", [UserInfo.Authenticated]);
    private static readonly UserInfo Admin = new("admin", [UserInfo.Masters, UserInfo.Authenticated]);

    private static RequestInfo Info(string verb, string subresource = "") => new() { IsResource = true, Verb = verb, Path = "/api/v1/pods", Resource = "pods", Subresource = subresource };

    [Theory]
    [InlineData("get", "list")]
    [InlineData("list", "get")]
    [InlineData("create", "patch")]
    [InlineData("deletecollection", "update")]
    public void Enter_WhenAllPlacesOfTheKindAreTaken_IsRefused(string taken, string wanted)
    {
        var limits = new InFlightLimits(reading: 2, writing: 2);
        var first = limits.Enter(Info(taken), Somebody);
        limits.Enter(Info(taken), Somebody);

        Assert.Null(limits.Enter(Info(wanted), Somebody));
        Assert.NotNull(limits.Enter(Info(taken is "get" or "list" ? "create" : "get"), Somebody)); // the other kind
        Assert.NotNull(limits.Enter(Info("watch"), Somebody));
        Assert.NotNull(limits.Enter(Info("create", "exec"), Somebody));
        Assert.NotNull(limits.Enter(Info("get", "log"), Somebody));
        Assert.NotNull(limits.Enter(new RequestInfo { Verb = "get", Path = "/readyz/ping" }, null));
        first!.Leave();
        Assert.NotNull(limits.Enter(Info(wanted), Somebody));
        Assert.Null(limits.Enter(Info(wanted), Somebody));
    }

    [Fact]
    public void Enter_ByAnAdministrator_IsNeverRefusedAndTakesNobodysPlace()
    {
        var limits = new InFlightLimits(reading: 1, writing: 1);
        var place = limits.Enter(Info("get"), Somebody)!;
        for (var i = 0; i < 10; i++) limits.Enter(Info("get"), Admin)!.Leave();
        Assert.Null(limits.Enter(Info("get"), Somebody));
        place.Leave();
        Assert.NotNull(limits.Enter(Info("get"), Somebody));
    }

    [Fact]
    public void Enter_WithoutALimit_IsNeverRefused()
    {
        var limits = new InFlightLimits(reading: 0, writing: 0);
        for (var i = 0; i < 1000; i++) Assert.NotNull(limits.Enter(Info(i % 2 == 0 ? "get" : "create"), Somebody));
    }

    [Fact]
    public async Task Requests_BeyondTheLimit_AreToldToComeAgain()
    {
        await using var server = await HttpFixture.StartAsync(new ApiServerOptions { MaxMutatingRequestsInFlight = 1 });
        using var somebody = server.ClientWith(null, await TokenAsync(server));
        using var held = new HeldBody("{\"metadata\":"u8.ToArray(), "{\"name\":\"held\"}}"u8.ToArray());
        var holding = PostAsync(server.Admin, held);
        await held.HeadSent.WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
        // That it is sent does not say that it has come.
        for (var code = 0; code != 429;) code = (await server.SendAsync(HttpMethod.Post, ConfigMaps, "{}", by: somebody).WaitAsync(HttpFixture.Bound, HttpFixture.Ct)).Code;

        using (var refused = await PostAsync(somebody, new StringContent("{}")))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal("1", refused.Headers.RetryAfter!.ToString());
            Assert.Equal("text/plain; charset=utf-8", refused.Content.Headers.ContentType!.ToString());
            Assert.Equal("nosniff", Assert.Single(refused.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("Too many requests, please try again later.\n", await refused.Content.ReadAsStringAsync(HttpFixture.Ct));
        }
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Get, ConfigMaps, by: somebody)).Code); // reading is another matter
        Assert.Equal(201, (await server.SendAsync(HttpMethod.Post, ConfigMaps, """{"metadata":{"name":"admin"}}""")).Code);
        Assert.Equal((200, "ok"), await server.SendAsync(HttpMethod.Get, "/readyz"));

        held.LetGo();
        using (var answer = await holding) Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Post, ConfigMaps, "{}", by: somebody)).Code); // there is room again
    }

    private static async Task<string> TokenAsync(HttpFixture server)
    {
        var account = await server.Client.CreateAsync(Coxswain.Api.Kinds.ServiceAccounts, new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "somebody", NamespaceProperty = "ns" } }, HttpFixture.Ct);
        var request = new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { Audiences = [], ExpirationSeconds = 3600 } };
        return (await server.Tokens.IssueAsync(account, request, null, HttpFixture.Ct)).Token;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, HttpContent body)
    {
        body.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json");
        return client.SendAsync(new HttpRequestMessage(HttpMethod.Post, ConfigMaps) { Content = body, Version = HttpVersion.Version20 }, HttpFixture.Ct).WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
    }
}
