namespace Coxswain.ApiServer.Tests.Http;

/// <summary>Every way to ask for a dry run on the wire: the answer is as if, and nothing is written.</summary>
public sealed class DryRunTests
{
    private const string ConfigMaps = "/api/v1/namespaces/ns/configmaps";

    [Theory]
    [InlineData("POST", "?dryRun=All", """{"metadata":{"name":"b"}}""", "application/json", 201)]
    [InlineData("PUT", "/a?dryRun=All", """{"metadata":{"name":"a"},"data":{"k":"w"}}""", "application/json", 200)]
    [InlineData("PATCH", "/a?dryRun=All", """{"data":{"k":"w"}}""", "application/merge-patch+json", 200)]
    [InlineData("PATCH", "/a?dryRun=All", """{"data":{"k":"w"}}""", "application/strategic-merge-patch+json", 200)]
    [InlineData("PATCH", "/a?dryRun=All", """[{"op":"add","path":"/data/k","value":"w"}]""", "application/json-patch+json", 200)]
    [InlineData("DELETE", "/a?dryRun=All", null, "", 200)]
    [InlineData("DELETE", "/a", """{"dryRun":["All"]}""", "application/json", 200)]
    [InlineData("DELETE", "/a", "dryRun: [All]", "application/yaml", 200)]
    [InlineData("DELETE", "/a?dryRun=All&propagationPolicy=Foreground", null, "", 200)]
    [InlineData("DELETE", "?dryRun=All", null, "", 200)]
    [InlineData("DELETE", "", """{"dryRun":["All"]}""", "application/json", 200)]
    public async Task Request_AsADryRun_WritesNothing(string method, string path, string? body, string contentType, int code)
    {
        await using var server = await HttpFixture.StartAsync();
        await server.CreateConfigMapAsync("a");
        var before = server.Core.Store.Revision;
        var answer = await server.SendAsync(new HttpMethod(method), ConfigMaps + path, body, contentType);

        Assert.True(answer.Code == code, answer.Body);
        Assert.Equal(before, server.Core.Store.Revision);
        Assert.Contains("\"data\":{\"a\":\"b\"}", (await server.SendAsync(HttpMethod.Get, $"{ConfigMaps}/a")).Body, StringComparison.Ordinal);
    }
}
