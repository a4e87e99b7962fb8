using System.Text;

namespace Coxswain.ApiServer.Tests.Http.Limits;

public sealed class ObjectSizeTests : IAsyncLifetime
{
    private const string ConfigMaps = "/api/v1/namespaces/ns/configmaps", Pods = "/api/v1/namespaces/ns/pods", Deployments = "/apis/apps/v1/namespaces/ns/deployments";
    private const string TooLarge = """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"etcdserver: request is too large","code":500}""" + "\n";

    private HttpFixture _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await HttpFixture.StartAsync();
        await _server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/ns/serviceaccounts", """{"metadata":{"name":"default"}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>What upstream takes, for its encoding has no escapes and no base64: in JSON these are two megabytes, and one and a third.</summary>
    [Theory]
    [InlineData("data", "\\\"", 1024 * 1024)]
    [InlineData("data", "\\n", 1024 * 1024)]
    [InlineData("binaryData", "AAAA", 1024 * 1024 / 3)]
    public async Task ConfigMap_OfAMebibyte_IsTakenWhateverItIsInJson(string field, string unit, int count)
    {
        var text = Bombs.Bomb.Repeat(unit, count);
        var made = await _server.SendAsync(HttpMethod.Post, ConfigMaps, $$$"""{"metadata":{"name":"full"},"{{{field}}}":{"a":"{{{text}}}"}}""");
        Assert.True(made.Code == 201, made.Body[..Math.Min(made.Body.Length, 300)]);
        var patched = await _server.SendAsync(HttpMethod.Patch, $"{ConfigMaps}/full", """{"metadata":{"labels":{"a":"b"}}}""", "application/merge-patch+json");
        Assert.Equal(200, patched.Code);
        Assert.Equal(200, (await _server.SendAsync(HttpMethod.Delete, $"{ConfigMaps}/full")).Code);
    }

    [Fact]
    public async Task Pod_OfTwentyThousandContainers_IsTooLarge()
    {
        var containers = Bombs.Bomb.Each(20_000, i => $$"""{"name":"c{{i}}","image":"i"}""");
        Assert.Equal((500, TooLarge), await _server.SendAsync(HttpMethod.Post, Pods, $$$"""{"metadata":{"name":"p"},"spec":{"containers":[{{{containers}}}]}}"""));
        Assert.Equal(404, (await _server.SendAsync(HttpMethod.Get, $"{Pods}/p")).Code);
    }

    [Fact]
    public async Task Deployment_ThatPatchesMakeGrow_EndsBelowTheLimit()
    {
        await _server.SendAsync(HttpMethod.Post, Deployments, """{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""");
        Assert.Equal((200, ""), await GrowAsync(1));
        Assert.Equal((500, TooLarge), await GrowAsync(2));
        Assert.Equal((500, TooLarge), await GrowAsync(3));
        var stored = await _server.SendAsync(HttpMethod.Get, $"{Deployments}/d");
        Assert.InRange(stored.Body.Length, 1_000_000, 1_572_864);
        var smaller = await _server.SendAsync(HttpMethod.Patch, $"{Deployments}/d", """{"spec":{"template":{"spec":{"containers":[{"name":"c1","$patch":"delete"}]}}}}""", "application/strategic-merge-patch+json");
        Assert.Equal(200, smaller.Code);
    }

    private async Task<(int Code, string Body)> GrowAsync(int number)
    {
        var patch = """{"spec":{"template":{"spec":{"containers":[{"name":"NAME","image":"i","args":["TEXT"]}]}}}}""".Replace("NAME", $"c{number}", StringComparison.Ordinal).Replace("TEXT", new string('x', 1_000_000), StringComparison.Ordinal);
        var (code, body) = await _server.SendAsync(HttpMethod.Patch, $"{Deployments}/d", patch, "application/strategic-merge-patch+json");
        return (code, code == 200 ? "" : body);
    }

    [Theory]
    [InlineData("POST", ConfigMaps, "application/vnd.kubernetes.protobuf")]
    [InlineData("PATCH", ConfigMaps + "/a", "application/json-patch+json")]
    [InlineData("PATCH", ConfigMaps + "/a", "application/strategic-merge-patch+json")]
    [InlineData("DELETE", ConfigMaps, "application/json")]
    public async Task Body_OfMoreThanThreeMebibytes_IsTooLargeWhateverItIs(string method, string path, string contentType)
    {
        using var response = await _server.RequestAsync(new HttpMethod(method), path, new byte[3145729], contentType);
        Assert.Equal(413, (int)response.StatusCode);
        Assert.Contains("\"message\":\"Request entity too large: limit is 3145728\",\"reason\":\"RequestEntityTooLarge\"", await response.Content.ReadAsStringAsync(HttpFixture.Ct), StringComparison.Ordinal);
    }
}
