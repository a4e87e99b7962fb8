using System.Net;
using System.Text;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>Warning headers quote what callers wrote, whatever that is.</summary>
public sealed class WarningTests
{
    [Fact]
    public async Task UnknownFields_NotInAscii_AreNamed()
    {
        await using var server = await HttpFixture.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = server.Tls(server.Pki.AdminCertificate), ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = server.Address };
        using var response = await server.RequestAsync(HttpMethod.Post, "/api/v1/namespaces/ns/configmaps", """{"metadata":{"name":"m"},"設定\u0001":{}}""", by: client);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(["299 - \"unknown field \\\"設定\\\\x01\\\"\""], response.Headers.GetValues("Warning"));
    }

    /// <summary>They are said as soon as they are found, whatever comes of the request then.</summary>
    [Theory]
    [InlineData("POST", "", "A_", 422, "application/json")]
    [InlineData("POST", "", "there", 409, "application/json")]
    [InlineData("PUT", "/there", "other", 400, "application/json")]
    [InlineData("PATCH", "/there", "other", 400, "application/merge-patch+json")]
    public async Task RefusedRequest_IsWarnedAllTheSame(string method, string path, string name, int code, string type)
    {
        await using var server = await HttpFixture.StartAsync();
        await server.CreateConfigMapAsync("there");
        using var response = await server.RequestAsync(new HttpMethod(method), $"/api/v1/namespaces/ns/configmaps{path}", $$$"""{"metadata":{"name":"{{{name}}}"},"dataa":{}}""", type);

        Assert.Equal(code, (int)response.StatusCode);
        Assert.Equal(["299 - \"unknown field \\\"dataa\\\"\""], response.Headers.GetValues("Warning"));
    }

    [Fact]
    public async Task ThousandsOfThem_AreCutToWhatAHeaderHolds()
    {
        await using var server = await HttpFixture.StartAsync();
        var fields = string.Join(',', Enumerable.Range(0, 3000).Select(i => $"\"field{i}{new string('x', 300)}\":1"));
        using var response = await server.RequestAsync(HttpMethod.Post, "/api/v1/namespaces/ns/configmaps", $$"""{"metadata":{"name":"m"},{{fields}}}""");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var warnings = response.Headers.GetValues("Warning").ToArray();
        Assert.Equal(16, warnings.Length); // 4 096 characters, each cut to 256
        Assert.All(warnings, w => Assert.StartsWith("299 - \"unknown field \\\"field", w, StringComparison.Ordinal));
    }
}
