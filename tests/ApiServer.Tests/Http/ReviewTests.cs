using System.Text.Json.Nodes;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>The kinds that are asked and answered, over the wire.</summary>
public sealed class ReviewTests
{
    private const string TokenReviews = "/apis/authentication.k8s.io/v1/tokenreviews";

    [Fact]
    public async Task SelfSubjectReview_ShowsUserGroupsAndCredential()
    {
        await using var server = await HttpFixture.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");
        var user = JsonNode.Parse(answer.Body)!["status"]!["userInfo"]!;

        Assert.Equal(201, answer.Code);
        Assert.Equal("""["system:masters","system:authenticated"]""", user["groups"]!.ToJsonString());
        Assert.Equal(server.Pki.AdminCertificate.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, false), (string)user["username"]!);
        var id = Convert.ToHexStringLower(server.Pki.AdminCertificate.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256));
        Assert.Equal($"X509SHA256={id}", (string)user["extra"]!["authentication.kubernetes.io/credential-id"]![0]!);
    }

    [Fact]
    public async Task SelfReviews_AreForEveryAuthenticatedCaller_OthersAreNot()
    {
        await using var server = await HttpFixture.StartAsync();
        using var client = server.ClientWith(null, await TokenAsync(server));
        async Task<int> Code(string path, string body) => (await server.SendAsync(HttpMethod.Post, path, body, by: client)).Code;

        Assert.Equal(201, await Code("/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}"));
        Assert.Equal(201, await Code("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", """{"spec":{"resourceAttributes":{"verb":"get"}}}"""));
        Assert.Equal(201, await Code("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", """{"spec":{"namespace":"ns"}}"""));
        Assert.Equal(403, await Code("/apis/authorization.k8s.io/v1/subjectaccessreviews", """{"spec":{"user":"x","resourceAttributes":{"verb":"get"}}}"""));
        Assert.Equal(403, await Code(TokenReviews, """{"spec":{"token":"x"}}"""));
    }

    [Fact]
    public async Task TokenReview_OfAGoodToken_NamesItsOwnerAndAudience()
    {
        await using var server = await HttpFixture.StartAsync();
        var status = await ReviewAsync(server, $$"""{"token":"{{await TokenAsync(server)}}"}""");

        Assert.True((bool)status["authenticated"]!);
        Assert.Equal("system:serviceaccount:ns:sa", (string)status["user"]!["username"]!);
        Assert.Equal("""["system:serviceaccounts","system:serviceaccounts:ns","system:authenticated"]""", status["user"]!["groups"]!.ToJsonString());
        Assert.Equal($"[\"{server.Tokens.Issuer}\"]", status["audiences"]!.ToJsonString());
    }

    [Fact]
    public async Task TokenReview_OfABadToken_SaysWhatIsWrong()
    {
        await using var server = await HttpFixture.StartAsync();
        var token = await TokenAsync(server);
        var forUs = await ReviewAsync(server, """{"token":"x"}""");
        var forOthers = await ReviewAsync(server, $$"""{"token":"{{token}}","audiences":["vault"]}""");
        await server.Client.DeleteAsync(Kinds.ServiceAccounts, "ns", "sa", null, HttpFixture.Ct);
        var gone = await ReviewAsync(server, $$"""{"token":"{{token}}"}""");

        Assert.Equal("""{"user":{},"error":"invalid bearer token"}""", forUs.ToJsonString());
        Assert.Equal($"[invalid bearer token, token audiences [\"{server.Tokens.Issuer}\"] is invalid for the target audiences [\"vault\"]]", (string)forOthers["error"]!);
        Assert.Equal("[invalid bearer token, serviceaccounts \"sa\" not found]", (string)gone["error"]!);
    }

    [Fact]
    public async Task TokenReview_WithoutAToken_IsABadRequest()
    {
        await using var server = await HttpFixture.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Post, TokenReviews, """{"spec":{}}""");

        Assert.Equal(400, answer.Code);
        Assert.Contains("token is required for TokenReview in authentication", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/apis/authorization.k8s.io/v1/subjectaccessreviews", 405)]
    [InlineData("GET", "/api/v1/namespaces/ns/bindings", 405)]
    [InlineData("GET", "/api/v1/bindings", 404)]
    [InlineData("POST", "/apis/authorization.k8s.io/v1/localsubjectaccessreviews", 404)]
    [InlineData("DELETE", "/apis/authentication.k8s.io/v1/tokenreviews/x", 404)]
    public async Task Reviews_CanOnlyBeCreated(string method, string path, int code)
    {
        await using var server = await HttpFixture.StartAsync();

        Assert.Equal(code, (await server.SendAsync(new HttpMethod(method), path, method == "POST" ? "{}" : null)).Code);
    }

    [Fact]
    public async Task Reviews_StandInDiscoveryAndOpenApi()
    {
        await using var server = await HttpFixture.StartAsync();
        var authorization = (await server.SendAsync(HttpMethod.Get, "/apis/authorization.k8s.io/v1")).Body;
        var authentication = (await server.SendAsync(HttpMethod.Get, "/apis/authentication.k8s.io/v1")).Body;
        var core = (await server.SendAsync(HttpMethod.Get, "/api/v1")).Body;
        var openApi = JsonNode.Parse((await server.SendAsync(HttpMethod.Get, "/openapi/v3/apis/authorization.k8s.io/v1")).Body)!;

        Assert.Contains("""{"name":"localsubjectaccessreviews","singularName":"localsubjectaccessreview","namespaced":true,"kind":"LocalSubjectAccessReview","verbs":["create"]}""", authorization, StringComparison.Ordinal);
        Assert.Contains("""{"name":"selfsubjectreviews","singularName":"selfsubjectreview","namespaced":false,"kind":"SelfSubjectReview","verbs":["create"]}""", authentication, StringComparison.Ordinal);
        Assert.Contains("""{"name":"bindings","singularName":"binding","namespaced":true,"kind":"Binding","verbs":["create"]}""", core, StringComparison.Ordinal);
        Assert.NotNull(openApi["paths"]!["/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"]!["post"]);
    }

    private static async Task<JsonNode> ReviewAsync(HttpFixture server, string spec)
    {
        var answer = await server.SendAsync(HttpMethod.Post, TokenReviews, $$"""{"spec":{{spec}}}""");
        Assert.Equal(201, answer.Code);
        return JsonNode.Parse(answer.Body)!["status"]!;
    }

    private static async Task<string> TokenAsync(HttpFixture server)
    {
        var account = await server.Client.CreateAsync(Kinds.ServiceAccounts, Kinds.ServiceAccounts.New("ns", "sa"), HttpFixture.Ct);
        return (await server.Tokens.IssueAsync(account, new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { Audiences = [] } }, null, HttpFixture.Ct)).Token;
    }
}
