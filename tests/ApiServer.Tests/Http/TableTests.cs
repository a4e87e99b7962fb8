using System.Text.Json.Nodes;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

public sealed class TableTests
{
    private const string ConfigMaps = "/api/v1/namespaces/ns/configmaps";
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    [Fact]
    public async Task List_AsTable_HasColumnsRowsAndMetadata()
    {
        await using var server = await HttpFixture.StartAsync();
        await server.CreateConfigMapAsync("app");
        var table = JsonNode.Parse((await server.SendAsync(HttpMethod.Get, ConfigMaps, accept: Table)).Body)!;

        Assert.Equal(("Table", "meta.k8s.io/v1"), ((string)table["kind"]!, (string)table["apiVersion"]!));
        Assert.Equal(["Name", "Data", "Age"], table["columnDefinitions"]!.AsArray().Select(c => (string)c!["name"]!));
        var row = table["rows"]![0]!;
        Assert.Equal(("app", 1), ((string)row["cells"]![0]!, (int)row["cells"]![1]!));
        Assert.Matches("^[0-9]+s$", (string)row["cells"]![2]!);
        Assert.Equal("app", (string)row["object"]!["metadata"]!["name"]!);
        Assert.Null(row["object"]!["data"]);
        Assert.NotNull(table["metadata"]!["resourceVersion"]);
    }

    [Theory]
    [InlineData("Succeeded", """[{"type":"Completed","status":"True","reason":"Succeeded","message":"The pod has completed successfully."}]""")]
    [InlineData("Failed", """[{"type":"Completed","status":"True","reason":"Failed","message":"The pod failed."}]""")]
    [InlineData("Running", null)]
    public async Task List_OfPods_MarksTheRowsOfThoseThatHaveEnded(string phase, string? conditions)
    {
        await using var server = await HttpFixture.StartAsync();
        await server.Client.CreateAsync(Kinds.ServiceAccounts, Kinds.ServiceAccounts.New("ns", "default"), HttpFixture.Ct);
        var pod = Kinds.Pods.New("ns", "p");
        pod.Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "i" }] };
        await server.Client.CreateAsync(Kinds.Pods, pod, HttpFixture.Ct);
        await server.SendAsync(HttpMethod.Patch, "/api/v1/namespaces/ns/pods/p/status", $$$"""{"status":{"phase":"{{{phase}}}"}}""", "application/merge-patch+json");
        var table = JsonNode.Parse((await server.SendAsync(HttpMethod.Get, "/api/v1/namespaces/ns/pods", accept: Table)).Body)!;

        Assert.Equal(conditions, table["rows"]![0]!["conditions"]?.ToJsonString());
    }

    [Theory]
    [InlineData("None", null)]
    [InlineData("Object", "ConfigMap")]
    public async Task Get_AsTable_IncludesWhatIsAsked(string include, string? kind)
    {
        await using var server = await HttpFixture.StartAsync();
        await server.CreateConfigMapAsync("app");
        var table = JsonNode.Parse((await server.SendAsync(HttpMethod.Get, $"{ConfigMaps}/app?includeObject={include}", accept: Table)).Body)!;

        Assert.Equal(kind, (string?)table["rows"]![0]!["object"]?["kind"]);
    }

    [Fact]
    public async Task List_AsPartialMetadata_LeavesTheRestOut()
    {
        await using var server = await HttpFixture.StartAsync();
        await server.CreateConfigMapAsync("app");
        var list = JsonNode.Parse((await server.SendAsync(HttpMethod.Get, ConfigMaps, accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")).Body)!;

        Assert.Equal("PartialObjectMetadataList", (string)list["kind"]!);
        Assert.Equal("app", (string)list["items"]![0]!["metadata"]!["name"]!);
        Assert.Null(list["items"]![0]!["data"]);
    }
}
