using System.Net;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

public sealed class LargeAnswerTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Get_OfALargeObject_ComesToItsEnd(string version)
    {
        await using var server = await HttpFixture.StartAsync();
        var text = new string('x', 300_000);
        await server.Client.CreateAsync(Kinds.ConfigMaps, new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "big", NamespaceProperty = "ns" }, Data = new Dictionary<string, string> { ["k"] = text } }, HttpFixture.Ct);

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/api/v1/namespaces/ns/configmaps/big")) { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(HttpFixture.Ct);
        limit.CancelAfter(HttpFixture.Bound);
        using var response = await server.Admin.SendAsync(request, limit.Token);
        var body = await response.Content.ReadAsStringAsync(limit.Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.EndsWith("}\n", body, StringComparison.Ordinal);
        Assert.Contains(text, body, StringComparison.Ordinal);
    }
}
