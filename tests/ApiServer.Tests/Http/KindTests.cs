using System.Text.Json.Nodes;
using Coxswain.Api;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>Every kind that is served, through every verb that it has, as a client on the network does it.</summary>
public sealed class KindTests
{
    private const string Template = """{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}""";
    private const string Workload = $$$"""{"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{{{Template}}}}}""";
    private const string Usual = "create,delete,deletecollection,get,list,patch,update,watch";

    /// <summary>As upstream's discovery has them: version, resource, kind, namespaced, short names, categories, verbs, subresources with theirs.</summary>
    public static TheoryData<string, string, string, bool, string, string, string, string> Resources => new()
    {
        { "v1", "namespaces", "Namespace", false, "ns", "", "create,delete,get,list,patch,update,watch", "finalize:update status:get,patch,update" },
        { "v1", "nodes", "Node", false, "no", "", Usual, "status:get,patch,update" },
        { "v1", "pods", "Pod", true, "po", "all", Usual, "binding:create exec:create,get log:get status:get,patch,update" },
        { "v1", "bindings", "Binding", true, "", "", "create", "" },
        { "v1", "configmaps", "ConfigMap", true, "cm", "", Usual, "" },
        { "v1", "secrets", "Secret", true, "", "", Usual, "" },
        { "v1", "serviceaccounts", "ServiceAccount", true, "sa", "", Usual, "token:create" },
        { "v1", "events", "Event", true, "ev", "", Usual, "" },
        { "events.k8s.io/v1", "events", "Event", true, "ev", "", Usual, "" },
        { "v1", "services", "Service", true, "svc", "all", Usual, "status:get,patch,update" },
        { "v1", "endpoints", "Endpoints", true, "ep", "", Usual, "" },
        { "discovery.k8s.io/v1", "endpointslices", "EndpointSlice", true, "", "", Usual, "" },
        { "v1", "replicationcontrollers", "ReplicationController", true, "rc", "all", Usual, "scale:get,patch,update status:get,patch,update" },
        { "v1", "resourcequotas", "ResourceQuota", true, "quota", "", Usual, "status:get,patch,update" },
        { "apps/v1", "replicasets", "ReplicaSet", true, "rs", "all", Usual, "scale:get,patch,update status:get,patch,update" },
        { "apps/v1", "deployments", "Deployment", true, "deploy", "all", Usual, "scale:get,patch,update status:get,patch,update" },
        { "apps/v1", "daemonsets", "DaemonSet", true, "ds", "all", Usual, "status:get,patch,update" },
        { "apps/v1", "controllerrevisions", "ControllerRevision", true, "", "", Usual, "" },
        { "apps/v1beta2", "deployments", "Deployment", true, "deploy", "all", Usual, "scale:get,patch,update status:get,patch,update" },
        { "apps/v1beta2", "replicasets", "ReplicaSet", true, "rs", "all", Usual, "scale:get,patch,update status:get,patch,update" },
        { "apps/v1beta2", "daemonsets", "DaemonSet", true, "ds", "all", Usual, "status:get,patch,update" },
        { "coordination.k8s.io/v1", "leases", "Lease", true, "", "", Usual, "" },
    };

    [Theory, MemberData(nameof(Resources))]
    public async Task Discovery_TellsTheSameInBothForms(string version, string resource, string kind, bool namespaced, string shortNames, string categories, string verbs, string subresources)
    {
        await using var server = await HttpFixture.StartAsync();
        var all = JsonNode.Parse((await server.SendAsync(HttpMethod.Get, Root(version))).Body)!["resources"]!.AsArray();
        var plain = all.Single(r => (string)r!["name"]! == resource)!;
        var group = version.Contains('/', StringComparison.Ordinal) ? version.Split('/')[0] : null;
        var list = JsonNode.Parse((await server.SendAsync(HttpMethod.Get, group is null ? "/api" : "/apis", accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")).Body)!;
        var found = list["items"]!.AsArray().Single(g => (string?)g!["metadata"]!["name"] == group)!["versions"]!.AsArray()
            .Single(v => (string)v!["version"]! == version.Split('/')[^1])!["resources"]!.AsArray().Single(r => (string)r!["resource"]! == resource)!;

        Assert.Equal((kind, kind.ToLowerInvariant(), namespaced), ((string)plain["kind"]!, (string)plain["singularName"]!, (bool)plain["namespaced"]!));
        Assert.Equal((kind, kind.ToLowerInvariant(), namespaced ? "Namespaced" : "Cluster"), ((string)found["responseKind"]!["kind"]!, (string)found["singularResource"]!, (string)found["scope"]!));
        foreach (var form in (JsonNode[])[plain, found]) Assert.Equal((shortNames, categories, verbs), (Words(form["shortNames"]), Words(form["categories"]), Words(form["verbs"])));
        Assert.Equal(subresources, string.Join(' ', all.Where(r => ((string)r!["name"]!).StartsWith($"{resource}/", StringComparison.Ordinal)).Select(r => $"{((string)r!["name"]!)[(resource.Length + 1)..]}:{Words(r["verbs"])}")));
        Assert.Equal(subresources, string.Join(' ', (found["subresources"]?.AsArray() ?? []).Select(r => $"{(string)r!["subresource"]!}:{Words(r["verbs"])}")));
    }

    /// <summary>Version, resource, and the least that an object of the kind must say.</summary>
    public static TheoryData<string, string, string> Objects => new()
    {
        { "v1", "namespaces", "{}" },
        { "v1", "nodes", "{}" },
        { "v1", "pods", """{"spec":{"containers":[{"name":"c","image":"i"}]}}""" },
        { "v1", "configmaps", """{"data":{"k":"v"}}""" },
        { "v1", "secrets", """{"data":{"k":"dg=="}}""" },
        { "v1", "serviceaccounts", "{}" },
        { "v1", "events", """{"involvedObject":{"namespace":"ns","name":"p","kind":"Pod"},"type":"Normal"}""" },
        { "events.k8s.io/v1", "events", """{"eventTime":"2026-01-01T00:00:00.000000Z","reportingController":"c.io/x","reportingInstance":"i","action":"A","reason":"R","type":"Normal","regarding":{"namespace":"ns","name":"p","kind":"Pod"}}""" },
        { "v1", "services", """{"spec":{"ports":[{"port":80}]}}""" },
        { "v1", "endpoints", "{}" },
        { "discovery.k8s.io/v1", "endpointslices", """{"addressType":"IPv4","endpoints":[]}""" },
        { "v1", "replicationcontrollers", $$$"""{"spec":{"template":{{{Template}}}}}""" },
        { "v1", "resourcequotas", """{"spec":{"hard":{"pods":"1"}}}""" },
        { "apps/v1", "replicasets", Workload },
        { "apps/v1", "deployments", Workload },
        { "apps/v1", "daemonsets", Workload },
        { "apps/v1", "controllerrevisions", """{"revision":1,"data":{}}""" },
        { "apps/v1beta2", "replicasets", Workload },
        { "apps/v1beta2", "deployments", Workload },
        { "apps/v1beta2", "daemonsets", Workload },
        { "apps/v1beta2", "controllerrevisions", """{"revision":1,"data":{}}""" },
        { "coordination.k8s.io/v1", "leases", "{}" },
    };

    [Theory, MemberData(nameof(Objects))]
    public async Task Kind_GoesThroughEveryVerb(string version, string resource, string manifest)
    {
        await using var server = await HttpFixture.StartAsync();
        await server.Client.CreateAsync(Kinds.ServiceAccounts, Kinds.ServiceAccounts.New("ns", "default"), HttpFixture.Ct);
        var collection = resource is "nodes" or "namespaces" ? $"{Root(version)}/{resource}" : $"{Root(version)}/namespaces/ns/{resource}";
        var body = JsonNode.Parse(manifest)!.AsObject();
        body["metadata"] = JsonNode.Parse("""{"name":"it","labels":{"walk":"yes"}}""");

        var made = await TakesAsync(server, 201, HttpMethod.Post, collection, body.ToJsonString());
        Assert.Equal(version, (string)made["apiVersion"]!);
        Assert.NotNull(made["metadata"]!["uid"]);
        Assert.Equal(made.ToJsonString(), (await TakesAsync(server, 200, HttpMethod.Get, $"{collection}/it")).ToJsonString());
        Assert.Equal(["it"], Names(await TakesAsync(server, 200, HttpMethod.Get, $"{collection}?labelSelector=walk%3Dyes&fieldSelector=metadata.name%3Dit")));

        made["metadata"]!["labels"]!["put"] = "1";
        await TakesAsync(server, 200, HttpMethod.Put, $"{collection}/it", made.ToJsonString());
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Put, $"{collection}/it", made.ToJsonString())).Code); // no longer the newest
        await TakesAsync(server, 200, HttpMethod.Patch, $"{collection}/it", """[{"op":"add","path":"/metadata/labels/json","value":"1"}]""", "application/json-patch+json");
        await TakesAsync(server, 200, HttpMethod.Patch, $"{collection}/it", """{"metadata":{"labels":{"merge":"1"}}}""", "application/merge-patch+json");
        var patched = await TakesAsync(server, 200, HttpMethod.Patch, $"{collection}/it", """{"metadata":{"labels":{"strategic":"1"}}}""", "application/strategic-merge-patch+json");
        foreach (var label in (string[])["put", "json", "merge", "strategic"]) Assert.Equal("1", (string?)patched["metadata"]!["labels"]![label]);

        Assert.Equal(["ADDED it"], await WatchAsync(server, $"{collection}?watch=1&fieldSelector=metadata.name%3Dit", 1));
        await TakesAsync(server, 200, HttpMethod.Delete, $"{collection}/it?propagationPolicy=Background"); // the oldest kinds would orphan
        if (resource == "namespaces") return; // stays until its finalizer is taken off; has no deletecollection
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, $"{collection}/it")).Code);
        var since = (string)patched["metadata"]!["resourceVersion"]!;
        Assert.Equal(["DELETED it"], await WatchAsync(server, $"{collection}?watch=1&resourceVersion={since}&fieldSelector=metadata.name%3Dit", 1));

        await TakesAsync(server, 201, HttpMethod.Post, collection, body.ToJsonString());
        await TakesAsync(server, 200, HttpMethod.Delete, $"{collection}?labelSelector=walk%3Dyes&propagationPolicy=Background");
        Assert.Empty(Names(await TakesAsync(server, 200, HttpMethod.Get, $"{collection}?labelSelector=walk%3Dyes")));
    }

    private static string Root(string version) => version.Contains('/', StringComparison.Ordinal) ? $"/apis/{version}" : $"/api/{version}";

    private static string Words(JsonNode? list) => string.Join(',', (list?.AsArray() ?? []).Select(w => (string)w!));

    private static IEnumerable<string> Names(JsonNode list) => list["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!);

    private static async Task<JsonNode> TakesAsync(HttpFixture server, int code, HttpMethod method, string path, string? body = null, string contentType = "application/json")
    {
        var answer = await server.SendAsync(method, path, body, contentType);
        Assert.True(answer.Code == code, $"{method} {path}: {answer.Code} {answer.Body}");
        return JsonNode.Parse(answer.Body)!;
    }

    private static async Task<List<string>> WatchAsync(HttpFixture server, string path, int count)
    {
        using var response = await server.RequestAsync(HttpMethod.Get, path);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(HttpFixture.Ct));
        var events = new List<string>();
        while (events.Count < count)
        {
            var e = JsonNode.Parse((await lines.ReadLineAsync(HttpFixture.Ct).AsTask().WaitAsync(HttpFixture.Bound, HttpFixture.Ct))!)!;
            events.Add($"{(string)e["type"]!} {(string)e["object"]!["metadata"]!["name"]!}");
        }
        return events;
    }
}
