using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.ApiServer.Resources;
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

    /// <summary>Upstream's columns: with their type when that is no string, <c>*</c> for the name's format, <c>+</c> for those of <c>-o wide</c>.</summary>
    [Theory]
    [InlineData("v1", "namespaces", "Name*, Status, Age")]
    [InlineData("v1", "nodes", "Name*, Status, Roles, Age, Version, Internal-IP+, External-IP+, OS-Image+, Kernel-Version+, Container-Runtime+")]
    [InlineData("v1", "pods", "Name*, Ready, Status, Restarts, Age, IP+, Node+, Nominated Node+, Readiness Gates+")]
    [InlineData("v1", "configmaps", "Name*, Data, Age")]
    [InlineData("v1", "secrets", "Name*, Type, Data, Age")]
    [InlineData("v1", "serviceaccounts", "Name*, Age")]
    [InlineData("v1", "events", "Last Seen, Type, Reason, Object, Subobject+, Source+, Message, First Seen+, Count+, Name*+")]
    [InlineData("v1", "services", "Name*, Type, Cluster-IP, External-IP, Port(s), Age, Selector+")]
    [InlineData("v1", "endpoints", "Name*, Endpoints, Age")]
    [InlineData("v1", "replicationcontrollers", "Name*, Desired:integer, Current:integer, Ready:integer, Age, Containers+, Images+, Selector+")]
    [InlineData("v1", "resourcequotas", "Name*, Request, Limit, Age")]
    [InlineData("apps/v1", "replicasets", "Name*, Desired:integer, Current:integer, Ready:integer, Age, Containers+, Images+, Selector+")]
    [InlineData("apps/v1", "deployments", "Name*, Ready, Up-to-date, Available, Age, Containers+, Images+, Selector+")]
    [InlineData("apps/v1", "daemonsets", "Name*, Desired:integer, Current:integer, Ready:integer, Up-to-date:integer, Available:integer, Node Selector, Age, Containers+, Images+, Selector+")]
    [InlineData("apps/v1", "controllerrevisions", "Name*, Controller, Revision, Age")]
    [InlineData("discovery.k8s.io/v1", "endpointslices", "Name*, AddressType, Ports, Endpoints, Age")]
    [InlineData("coordination.k8s.io/v1", "leases", "Name*, Holder, Age")]
    [InlineData("events.k8s.io/v1", "events", "Last Seen, Type, Reason, Object, Subobject+, Source+, Message, First Seen+, Count+, Name*+")]
    public void Columns_OfEachKind_AreUpstreams(string version, string resource, string want)
    {
        var definition = ResourceCatalog.All.Single(d => d.ResourceType.Resource == resource && (d.ResourceType.ApiVersion == version || (resource == "events" && version != "v1")));

        Assert.Equal(want, string.Join(", ", definition.Columns.Select(c => $"{c.Name}{(c.Type == "string" ? "" : $":{c.Type}")}{(c.Format == "name" ? "*" : "")}{(c.Priority > 0 ? "+" : "")}")));
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

    /// <summary>What leaves the selection of a watch lies in no store as it was: its last row comes all the same.</summary>
    [Fact]
    public async Task Watch_AsTable_HasARowForWhatLeavesTheSelection()
    {
        await using var server = await HttpFixture.StartAsync();
        await server.SendAsync(HttpMethod.Post, ConfigMaps, """{"metadata":{"name":"app","labels":{"l":"x"}},"data":{"a":"b"}}""");
        using var response = await server.RequestAsync(HttpMethod.Get, $"{ConfigMaps}?watch=true&labelSelector=l%3Dx", accept: Table);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(HttpFixture.Ct));
        await NextAsync(lines);
        await server.SendAsync(HttpMethod.Patch, $"{ConfigMaps}/app", """{"metadata":{"labels":{"l":"y"}}}""", "application/merge-patch+json");
        var gone = await NextAsync(lines);
        var row = gone["object"]!["rows"]!.AsArray().Single()!;

        Assert.Equal(("DELETED", "app", 1), ((string)gone["type"]!, (string)row["cells"]![0]!, (int)row["cells"]![1]!));
        Assert.Equal("x", (string)row["object"]!["metadata"]!["labels"]!["l"]!);
    }

    [Fact]
    public async Task Watch_AsTable_TellsOfEveryKindThatTheInitialEventsAreOver()
    {
        await using var server = await HttpFixture.StartAsync();
        foreach (var type in server.Core.Endpoints.Where(e => e.Definition.Verbs.Contains("watch")).Select(e => e.ServedType))
        {
            var root = type.Group.Length == 0 ? "/api/v1" : $"/apis/{type.ApiVersion}";
            using var response = await server.RequestAsync(HttpMethod.Get,
                $"{root}/{type.Resource}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=none%3Done", accept: Table);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(HttpFixture.Ct));
            var bookmark = await NextAsync(lines);
            var row = bookmark["object"]!["rows"]!.AsArray().Single()!;

            Assert.Equal(("BOOKMARK", "true"), ((string)bookmark["type"]!, (string)row["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!));
            Assert.Equal(bookmark["object"]!["columnDefinitions"]!.AsArray().Count, row["cells"]!.AsArray().Count);
        }
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta2")]
    public async Task Scale_AsTable_HasColumnsOfItsOwn(string version)
    {
        await using var server = await HttpFixture.StartAsync();
        const string Deployment = """{"metadata":{"name":"web"},"spec":{"replicas":3,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""";
        await server.SendAsync(HttpMethod.Post, $"/apis/apps/{version}/namespaces/ns/deployments", Deployment);
        var path = $"/apis/apps/{version}/namespaces/ns/deployments/web/scale";
        var table = JsonNode.Parse((await server.SendAsync(HttpMethod.Get, path, accept: Table)).Body)!;
        var scaled = JsonNode.Parse((await server.SendAsync(HttpMethod.Patch, path, """{"spec":{"replicas":5}}""", "application/merge-patch+json", Table)).Body)!;

        Assert.Equal("Name:string Desired:integer Available:integer Age:string", string.Join(' ', table["columnDefinitions"]!.AsArray().Select(c => $"{c!["name"]}:{c["type"]}")));
        Assert.Equal(("web", 3, 0), Cells(table));
        Assert.Equal(("web", 5, 0), Cells(scaled));

        static (string, int, int) Cells(JsonNode table) => table["rows"]![0]!["cells"] is { } c ? ((string)c[0]!, (int)c[1]!, (int)c[2]!) : default;
    }

    [Theory]
    [InlineData("/api/v1/namespaces/ns/serviceaccounts/sa/token", "sa")]
    [InlineData("/apis/authentication.k8s.io/v1/selfsubjectreviews", "")]
    public async Task Create_OfWhatIsNeverStored_AsTable_HasTheColumnsOfAnyKind(string path, string name)
    {
        await using var server = await HttpFixture.StartAsync();
        await server.Client.CreateAsync(Kinds.ServiceAccounts, Kinds.ServiceAccounts.New("ns", "sa"), HttpFixture.Ct);
        var answer = await server.SendAsync(HttpMethod.Post, path, "{}", accept: Table);
        var table = JsonNode.Parse(answer.Body)!;

        Assert.Equal((201, "Table"), (answer.Code, (string)table["kind"]!));
        Assert.Equal(["Name", "Created At"], table["columnDefinitions"]!.AsArray().Select(c => (string)c!["name"]!));
        Assert.Equal(name, (string)table["rows"]![0]!["cells"]![0]!);
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", (string)table["rows"]![0]!["cells"]![1]!);
    }

    [Theory]
    [InlineData("Table", "rows")]
    [InlineData("PartialObjectMetadataList", "items")]
    public async Task DeleteCollection_InAnotherShape_AnswersInIt(string shape, string list)
    {
        await using var server = await HttpFixture.StartAsync();
        await server.CreateConfigMapAsync("app");
        var answer = JsonNode.Parse((await server.SendAsync(HttpMethod.Delete, ConfigMaps, accept: $"application/json;as={shape};v=v1;g=meta.k8s.io")).Body)!;

        Assert.Equal((shape, 1), ((string)answer["kind"]!, answer[list]!.AsArray().Count));
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, $"{ConfigMaps}/app")).Code);
    }

    private static async Task<JsonNode> NextAsync(StreamReader lines) =>
        JsonNode.Parse((await lines.ReadLineAsync(HttpFixture.Ct).AsTask().WaitAsync(HttpFixture.Bound, HttpFixture.Ct))!)!;

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
