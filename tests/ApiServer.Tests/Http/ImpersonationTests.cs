using System.Text.Json.Nodes;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>kubectl's --as, --as-group, --as-uid.</summary>
public sealed class ImpersonationTests
{
    private const string Review = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

    [Theory]
    [InlineData("bob", null, """["system:authenticated"]""")]
    [InlineData("bob", "devs", """["devs","system:authenticated"]""")]
    [InlineData("bob", "system:authenticated", """["system:authenticated"]""")]
    [InlineData("system:serviceaccount:ns:sa", null, """["system:serviceaccounts","system:serviceaccounts:ns","system:authenticated"]""")]
    public async Task Admin_ActsAsAnother(string user, string? group, string groups)
    {
        await using var server = await HttpFixture.StartAsync();
        var client = As(server.ClientWith(server.Pki.AdminCertificate), ("Impersonate-User", user), ("Impersonate-Group", group), ("Impersonate-Uid", "7"), ("Impersonate-Extra-Acme.com%2Fproject", "x"));
        var info = JsonNode.Parse((await server.SendAsync(HttpMethod.Post, Review, "{}", by: client)).Body)!["status"]!["userInfo"]!;

        Assert.Equal((user, "7", groups), ((string)info["username"]!, (string)info["uid"]!, info["groups"]!.ToJsonString()));
        Assert.Equal("""{"acme.com/project":["x"]}""", info["extra"]!.ToJsonString());
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Get, "/api/v1/secrets", by: client)).Code);
    }

    [Fact]
    public async Task Others_MayNot()
    {
        await using var server = await HttpFixture.StartAsync();
        var account = await server.Client.CreateAsync(Kinds.ServiceAccounts, Kinds.ServiceAccounts.New("ns", "sa"), HttpFixture.Ct);
        var token = (await server.Tokens.IssueAsync(account, new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { Audiences = [] } }, null, HttpFixture.Ct)).Token;
        var user = await server.SendAsync(HttpMethod.Post, Review, "{}", by: As(server.ClientWith(null, token), ("Impersonate-User", "admin")));
        var other = await server.SendAsync(HttpMethod.Post, Review, "{}", by: As(server.ClientWith(null, token), ("Impersonate-User", "system:serviceaccount:kube-system:x")));

        Assert.Equal((403, 403), (user.Code, other.Code));
        Assert.Contains("""users \"admin\" is forbidden: User \"system:serviceaccount:ns:sa\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope""", user.Body, StringComparison.Ordinal);
        Assert.Contains("""serviceaccounts \"x\" is forbidden: User \"system:serviceaccount:ns:sa\" cannot impersonate resource \"serviceaccounts\" in API group \"\" in the namespace \"kube-system""", other.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Impersonate-Group", "devs", """UID:"", Groups:[]string{"devs"}, Extra:map[string][]string(nil)""")]
    [InlineData("Impersonate-Uid", "7", """UID:"7", Groups:[]string(nil), Extra:map[string][]string(nil)""")]
    [InlineData("Impersonate-Extra-Acme.com%2Fproject", "x", """UID:"", Groups:[]string(nil), Extra:map[string][]string{"acme.com/project":[]string{"x"}}""")]
    public async Task PartsOfAUser_WithoutAName_AreRefused(string header, string value, string shown)
    {
        await using var server = await HttpFixture.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Post, Review, "{}", by: As(server.ClientWith(server.Pki.AdminCertificate), (header, value)));

        Assert.Equal(400, answer.Code);
        Assert.Equal($"requested &user.DefaultInfo{{Name:\"\", {shown}}} without impersonating a user name", (string)JsonNode.Parse(answer.Body)!["message"]!);
    }

    private static HttpClient As(HttpClient client, params (string Name, string? Value)[] headers)
    {
        foreach (var (name, value) in headers)
        {
            if (value is not null) client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        }
        return client;
    }
}
