using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.ApiServer.Http;

namespace Coxswain.ApiServer.Tests.Http;

public sealed class DiscoveryTests
{
    [Fact]
    public async Task ResourceList_NamesSubresources()
    {
        await using var server = await HttpFixture.StartAsync();
        var list = JsonNode.Parse((await server.SendAsync(HttpMethod.Get, "/apis/apps/v1")).Body)!;
        var scale = list["resources"]!.AsArray().Single(r => (string)r!["name"]! == "deployments/scale")!;

        Assert.Equal(("APIResourceList", "apps/v1"), ((string)list["kind"]!, (string)list["groupVersion"]!));
        Assert.Equal(("autoscaling", "v1", "Scale"), ((string)scale["group"]!, (string)scale["version"]!, (string)scale["kind"]!));
    }

    [Theory]
    [InlineData("v2")]
    [InlineData("v2beta1")]
    public async Task Aggregated_NamesItsOwnContentType(string version)
    {
        await using var server = await HttpFixture.StartAsync();
        var type = $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList";
        using var response = await server.RequestAsync(HttpMethod.Get, "/apis", accept: $"{type},application/json");
        var list = JsonNode.Parse(await response.Content.ReadAsStringAsync(HttpFixture.Ct))!;

        Assert.Equal(type, response.Content.Headers.NonValidated["Content-Type"].ToString().Replace("; ", ";", StringComparison.Ordinal));
        Assert.Equal($"apidiscovery.k8s.io/{version}", (string)list["apiVersion"]!);
        Assert.Contains(list["items"]!.AsArray(), g => (string)g!["metadata"]!["name"]! == "apps" && (string)g["versions"]![0]!["version"]! == "v1");
    }

    [Fact]
    public async Task Version_IsTheKubernetesWeSpeak()
    {
        await using var server = await HttpFixture.StartAsync();

        Assert.Equal("v1.36.0", (string)JsonNode.Parse((await server.SendAsync(HttpMethod.Get, "/version")).Body)!["gitVersion"]!);
    }

    [Fact]
    public async Task OpenApi_EveryKindAndItsReferences_AreDescribed()
    {
        await using var server = await HttpFixture.StartAsync();
        var index = JsonNode.Parse((await server.SendAsync(HttpMethod.Get, "/openapi/v3")).Body)!["paths"]!.AsObject();
        foreach (var (root, entry) in index)
        {
            var text = (await server.SendAsync(HttpMethod.Get, (string)entry!["serverRelativeURL"]!)).Body;
            var schemas = JsonNode.Parse(text)!["components"]!["schemas"]!.AsObject();
            var missing = System.Text.RegularExpressions.Regex.Matches(text, "#/components/schemas/([^\"]+)").Select(m => m.Groups[1].Value).Where(n => !schemas.ContainsKey(n)).Distinct();
            Assert.True(schemas.Count > 0, root);
            Assert.Empty(missing);
        }
        foreach (var endpoint in server.Core.Endpoints) Assert.NotNull(new SchemaSet().Want(endpoint.ServedType.GroupVersionKind));
    }

    [Fact]
    public void OpenApi_AnOlderVersion_IsDescribedUnderItsOwnName()
    {
        var schemas = new SchemaSet();
        var name = schemas.Want(new GroupVersionKind("apps", "v1beta2", "Deployment"));

        Assert.Equal("io.k8s.api.apps.v1beta2.Deployment", name);
        Assert.Contains("\"version\":\"v1beta2\"", schemas.Wanted[name!], StringComparison.Ordinal);
        Assert.Contains("io.k8s.api.apps.v1beta2.DeploymentSpec", schemas.Wanted.Keys);
    }

    [Fact]
    public async Task OpenApi_V3_TellsThatPatchTakesFieldValidation()
    {
        await using var server = await HttpFixture.StartAsync();
        var document = JsonNode.Parse((await server.SendAsync(HttpMethod.Get, "/openapi/v3/apis/apps/v1")).Body)!;
        var patch = document["paths"]!["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]!["patch"]!;

        Assert.Contains(patch["parameters"]!.AsArray(), p => (string)p!["name"]! == "fieldValidation");
        Assert.Equal("Deployment", (string)patch["x-kubernetes-group-version-kind"]!["kind"]!);
    }
}
