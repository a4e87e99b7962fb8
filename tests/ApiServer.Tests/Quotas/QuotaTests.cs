using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using Coxswain.ApiServer.Tests.Pipeline;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Quotas;

/// <summary>Writes are held to the quotas of their namespace, in upstream's words.</summary>
public sealed class QuotaTests : IAsyncLifetime
{
    private const string Of = "pods \"p\" is forbidden: ";
    private readonly CoreFixture _server = new();

    public async ValueTask InitializeAsync()
    {
        await _server.NamespaceAsync("ns");
        await _server.CreateAsync(Kinds.ServiceAccounts, "ns", """{"metadata":{"name":"default"}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task<JsonNode> QuotaAsync(string hard, string more = "", string name = "q") =>
        _server.CreateAsync(Kinds.ResourceQuotas, "ns", $"{{\"metadata\":{{\"name\":\"{name}\"}},\"spec\":{{\"hard\":{{{hard}}}{more}}}}}");

    private Task<JsonNode> MapAsync(string name) => _server.CreateAsync(Kinds.ConfigMaps, "ns", $$$"""{"metadata":{"name":"{{{name}}}"}}""");

    private Task<JsonNode> PodAsync(string resources = "{}", string more = "", string name = "p") =>
        _server.CreateAsync(Kinds.Pods, "ns", $"{{\"metadata\":{{\"name\":\"{name}\"}},\"spec\":{{\"containers\":[{{\"name\":\"c\",\"image\":\"i\",\"resources\":{resources}}}]{more}}}}}");

    private static Task<StatusException> ForbiddenAsync(string message, Func<Task> request) => FailsAsync(403, "Forbidden", message, request);

    private ValueTask<Answer> DeleteAsync(ResourceType type, string name) => _server[type].DeleteAsync(Request("ns", name), new k8s.Models.V1DeleteOptions { GracePeriodSeconds = 0 });

    [Fact]
    public async Task Create_BeyondTheCount_IsForbiddenUntilOneIsDeleted()
    {
        await QuotaAsync("\"count/configmaps\":\"2\"");
        await MapAsync("a");
        await MapAsync("b");

        var error = await ForbiddenAsync("configmaps \"c\" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=2, limited: count/configmaps=2", () => MapAsync("c"));
        Assert.Equal(("c", "configmaps"), (error.Status.Details.Name, error.Status.Details.Kind));

        await DeleteAsync(Kinds.ConfigMaps, "a");
        await MapAsync("c");
        await ForbiddenAsync("configmaps \"d\" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=2, limited: count/configmaps=2", () => MapAsync("d"));
        await _server.NamespaceAsync("other");
        await _server.CreateAsync(Kinds.ConfigMaps, "other", """{"metadata":{"name":"d"}}"""); // only its own namespace
    }

    [Fact]
    public async Task CreateAndDelete_AtOnceManyTimes_LeaveTheBooksTrue()
    {
        await QuotaAsync("\"count/configmaps\":\"4\"");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                try { await MapAsync($"m{(worker + i) % 6}"); } // names collide: some are taken, some have no room
                catch (StatusException e) when (e.Code is 403 or 409) { }
                Assert.InRange(_server.Store.Count("/registry/configmaps/ns/"), 0, 4);
                try { await DeleteAsync(Kinds.ConfigMaps, $"m{(worker + i + 3) % 6}"); }
                catch (StatusException e) when (e.Code == 404) { }
            }
        })));
        for (var i = 0; i < 6; i++)
        {
            try { await DeleteAsync(Kinds.ConfigMaps, $"m{i}"); }
            catch (StatusException e) when (e.Code == 404) { }
        }

        for (var i = 0; i < 4; i++) await MapAsync($"n{i}");
        await ForbiddenAsync("configmaps \"x\" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=4, limited: count/configmaps=4", () => MapAsync("x"));
    }

    [Fact]
    public async Task Create_ThatFailsOrIsADryRun_ChargesNothing()
    {
        await QuotaAsync("\"configmaps\":\"2\"");
        await MapAsync("a");
        await FailsAsync(409, "AlreadyExists", "configmaps \"a\" already exists", () => MapAsync("a"));
        await Assert.ThrowsAsync<StatusException>(() => _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"name":"Not Valid"}}"""));
        for (var i = 0; i < 3; i++) await _server[Kinds.ConfigMaps].CreateAsync(Request("ns", dryRun: true), Body("""{"metadata":{"name":"dry"}}"""));

        await MapAsync("b");
        const string Full = "exceeded quota: q, requested: configmaps=1, used: configmaps=2, limited: configmaps=2";
        await ForbiddenAsync($"configmaps \"a\" is forbidden: {Full}", () => MapAsync("a")); // told before the name is looked at
        await ForbiddenAsync($"configmaps \"dry\" is forbidden: {Full}", async () => await _server[Kinds.ConfigMaps].CreateAsync(Request("ns", dryRun: true), Body("""{"metadata":{"name":"dry"}}""")));
    }

    [Fact]
    public async Task Quota_MadeRaisedAndDeleted_CountsWhatIsThere()
    {
        await MapAsync("a");
        await MapAsync("b");
        await QuotaAsync("\"count/configmaps\":\"1\"");
        await ForbiddenAsync("configmaps \"c\" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=2, limited: count/configmaps=1", () => MapAsync("c"));

        await _server.UpdateAsync(Kinds.ResourceQuotas, "ns", "q", """{"metadata":{"name":"q"},"spec":{"hard":{"count/configmaps":"3"}}}""");
        await MapAsync("c");
        await ForbiddenAsync("configmaps \"d\" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=3, limited: count/configmaps=3", () => MapAsync("d"));
        await DeleteAsync(Kinds.ResourceQuotas, "q");
        await MapAsync("d");
    }

    [Fact]
    public async Task Restart_StoredQuotas_StillHold()
    {
        await QuotaAsync("\"count/configmaps\":\"1\"");
        await MapAsync("a");
        var restarted = new ApiServerCore(_server.Store, _server.Clock, ResourceCatalog.All, new PipelineOptions());

        await ForbiddenAsync("configmaps \"b\" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1",
            async () => await restarted.Find("", "v1", "configmaps")!.CreateAsync(Request("ns"), Body("""{"metadata":{"name":"b"}}""")));
    }

    /// <summary>Every kind under its count, and those that had quotas first also under their plain name.</summary>
    [Theory]
    [InlineData("v1", "secrets", "{}", "secrets", "count/secrets")]
    [InlineData("v1", "configmaps", "{}", "configmaps", "count/configmaps")]
    [InlineData("v1", "resourcequotas", "{}", "resourcequotas", "count/resourcequotas")]
    [InlineData("v1", "replicationcontrollers", """{"spec":{"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""", "replicationcontrollers", "count/replicationcontrollers")]
    [InlineData("v1", "serviceaccounts", "{}", "", "count/serviceaccounts")]
    [InlineData("v1", "endpoints", "{}", "", "count/endpoints")]
    [InlineData("v1", "services", """{"spec":{"ports":[{"port":80}]}}""", "services", "count/services")]
    [InlineData("apps/v1", "deployments", """{"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""", "", "count/deployments.apps")]
    [InlineData("apps/v1", "replicasets", """{"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""", "", "count/replicasets.apps")]
    [InlineData("apps/v1", "daemonsets", """{"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""", "", "count/daemonsets.apps")]
    [InlineData("apps/v1", "controllerrevisions", """{"revision":1,"data":{}}""", "", "count/controllerrevisions.apps")]
    [InlineData("coordination.k8s.io/v1", "leases", "{}", "", "count/leases.coordination.k8s.io")]
    [InlineData("discovery.k8s.io/v1", "endpointslices", """{"addressType":"IPv4","endpoints":[]}""", "", "count/endpointslices.discovery.k8s.io")]
    public async Task Create_OfEachKind_IsCounted(string version, string resource, string manifest, string plain, string count)
    {
        var type = Kinds.All.Single(t => t.Resource == resource && t.ApiVersion == version);
        foreach (var name in (string[])[plain, count])
        {
            if (name.Length == 0) continue;
            var ns = name == count ? "by-count" : "by-name";
            await _server.NamespaceAsync(ns);
            await _server.CreateAsync(Kinds.ResourceQuotas, ns, $$$$"""{"metadata":{"name":"q"},"spec":{"hard":{"{{{{name}}}}":"1"}}}""");
            var body = JsonNode.Parse(manifest)!.AsObject();
            body["metadata"] = JsonNode.Parse("""{"name":"one"}""");
            if (resource != "resourcequotas") await _server.CreateAsync(type, ns, body.ToJsonString()); // the quota is one itself
            body["metadata"]!["name"] = "two";
            await ForbiddenAsync($"{type.GroupResource} \"two\" is forbidden: exceeded quota: q, requested: {name}=1, used: {name}=1, limited: {name}=1", () => _server.CreateAsync(type, ns, body.ToJsonString()));
        }
    }

    [Fact]
    public async Task Create_InAnOlderVersionOrByPut_IsChargedLikeAnyOther()
    {
        await QuotaAsync("\"count/deployments.apps\":\"0\",\"count/leases.coordination.k8s.io\":\"1\"");
        await ForbiddenAsync("deployments.apps \"d\" is forbidden: exceeded quota: q, requested: count/deployments.apps=1, used: count/deployments.apps=0, limited: count/deployments.apps=0",
            async () => await _server.Core.Find("apps", "v1beta2", "deployments")!.CreateAsync(Request("ns"),
                Body("""{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""")));
        var made = await _server.UpdateAsync(Kinds.Leases, "ns", "a", """{"metadata":{"name":"a"}}""");
        made["spec"] = JsonNode.Parse("""{"holderIdentity":"h"}""");
        await _server.UpdateAsync(Kinds.Leases, "ns", "a", made.ToJsonString()); // there already
        await ForbiddenAsync("leases.coordination.k8s.io \"b\" is forbidden: exceeded quota: q, requested: count/leases.coordination.k8s.io=1, used: count/leases.coordination.k8s.io=1, limited: count/leases.coordination.k8s.io=1",
            () => _server.UpdateAsync(Kinds.Leases, "ns", "b", """{"metadata":{"name":"b"}}"""));
    }

    [Fact]
    public async Task Create_OfAnEvent_IsNeverCharged()
    {
        await QuotaAsync("\"count/events\":\"0\",\"count/events.events.k8s.io\":\"0\"");
        await _server.CreateAsync(Kinds.Events, "ns", """{"metadata":{"name":"e"},"involvedObject":{"namespace":"ns","name":"p","kind":"Pod"},"type":"Normal"}""");
    }

    [Fact]
    public async Task Pod_BeyondWhatMayBeAskedFor_IsForbiddenWithEachSum()
    {
        await QuotaAsync("\"requests.cpu\":\"1\",\"limits.memory\":\"1Gi\",\"pods\":\"5\",\"requests.ephemeral-storage\":\"1Gi\",\"requests.example.com/gpu\":\"1\"");
        await PodAsync("""{"requests":{"cpu":"600m","ephemeral-storage":"1Gi"},"limits":{"memory":"768Mi","example.com/gpu":"1"}}""", name: "first");

        await ForbiddenAsync($"{Of}exceeded quota: q, requested: limits.memory=512Mi,requests.cpu=500m,requests.ephemeral-storage=1,requests.example.com/gpu=1, "
            + "used: limits.memory=768Mi,requests.cpu=600m,requests.ephemeral-storage=1Gi,requests.example.com/gpu=1, limited: limits.memory=1Gi,requests.cpu=1,requests.ephemeral-storage=1Gi,requests.example.com/gpu=1",
            () => PodAsync("""{"requests":{"cpu":"500m","ephemeral-storage":"1"},"limits":{"memory":"512Mi","example.com/gpu":"1"}}"""));
        await PodAsync("""{"requests":{"cpu":"400m","memory":"1Mi"},"limits":{"memory":"256Mi"}}""");
    }

    [Fact]
    public async Task Pod_ThatDoesNotSayWhatItWants_IsForbiddenWhereThatIsLimited()
    {
        await QuotaAsync("\"limits.cpu\":\"1\",\"requests.memory\":\"1Gi\",\"ephemeral-storage\":\"1Gi\"");

        await ForbiddenAsync($"{Of}failed quota: q: must specify limits.cpu for: a,c; requests.memory for: a,i", () => PodAsync("""{"requests":{"memory":"1Mi"}}""",
            ""","initContainers":[{"name":"a","image":"i"},{"name":"i","image":"i","resources":{"limits":{"cpu":"1"}}}]"""));
        await PodAsync("{}", ""","resources":{"limits":{"cpu":"1"},"requests":{"memory":"1Mi"}}"""); // said for the Pod as a whole
    }

    [Fact]
    public async Task Pod_ThatHasEnded_TakesOnlyItsPlaceInStorage()
    {
        await QuotaAsync("\"pods\":\"1\",\"count/pods\":\"2\"");
        await PodAsync(name: "first");
        await ForbiddenAsync($"{Of}exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1", () => PodAsync());
        await _server.UpdateAsync(Kinds.Pods, "ns", "first", """{"metadata":{"name":"first"},"status":{"phase":"Succeeded"}}""", "status");
        await PodAsync();
        await ForbiddenAsync("pods \"q\" is forbidden: exceeded quota: q, requested: count/pods=1,pods=1, used: count/pods=2,pods=1, limited: count/pods=2,pods=1", () => PodAsync(name: "q"));
    }

    [Fact]
    public async Task Pod_WhoseNodeDoesNotEndIt_IsLetGoOfAfterTwiceItsGrace()
    {
        await QuotaAsync("\"pods\":\"1\"");
        await PodAsync(more: ",\"nodeName\":\"n\"", name: "first");
        await _server[Kinds.Pods].DeleteAsync(Request("ns", "first"), null); // 30 s of grace
        _server.Clock.Advance(TimeSpan.FromSeconds(59));
        await ForbiddenAsync($"{Of}exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1", () => PodAsync());
        _server.Clock.Advance(TimeSpan.FromSeconds(2));
        await PodAsync();
    }

    [Theory]
    [InlineData("\"scopes\":[\"Terminating\"]", "{}", ",\"activeDeadlineSeconds\":9", "")]
    [InlineData("\"scopes\":[\"NotTerminating\"]", "{}", "", ",\"activeDeadlineSeconds\":9")]
    [InlineData("\"scopes\":[\"BestEffort\",\"NotTerminating\"]", "{}", "", ",\"activeDeadlineSeconds\":9")]
    [InlineData("\"scopes\":[\"PriorityClass\"]", "{}", ",\"priorityClassName\":\"system-node-critical\"", "")]
    [InlineData("\"scopes\":[\"CrossNamespacePodAffinity\"]", "{}", ",\"affinity\":{\"podAntiAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":[{\"topologyKey\":\"k\",\"namespaces\":[\"x\"]}]}}",
        ",\"affinity\":{\"podAntiAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":[{\"topologyKey\":\"k\"}]}}")]
    [InlineData("\"scopeSelector\":{\"matchExpressions\":[{\"scopeName\":\"PriorityClass\",\"operator\":\"In\",\"values\":[\"system-node-critical\"]}]}", "{}",
        ",\"priorityClassName\":\"system-node-critical\"", ",\"priorityClassName\":\"system-cluster-critical\"")]
    [InlineData("\"scopeSelector\":{\"matchExpressions\":[{\"scopeName\":\"PriorityClass\",\"operator\":\"NotIn\",\"values\":[\"system-node-critical\"]}]}", "{}", "", ",\"priorityClassName\":\"system-node-critical\"")]
    [InlineData("\"scopeSelector\":{\"matchExpressions\":[{\"scopeName\":\"PriorityClass\",\"operator\":\"DoesNotExist\"}]}", "{}", "", ",\"priorityClassName\":\"system-node-critical\"")]
    public async Task Pod_OutsideOfTheScope_IsNotCharged(string scope, string resources, string inside, string outside)
    {
        await QuotaAsync("\"pods\":\"0\"", $",{scope}");
        await PodAsync(resources, outside, "out");
        await ForbiddenAsync($"{Of}exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0", () => PodAsync(resources, inside));
    }

    [Fact]
    public async Task NotBestEffort_ChargesThoseThatAskForSomething()
    {
        await QuotaAsync("\"pods\":\"0\"", ",\"scopes\":[\"NotBestEffort\"]");
        await QuotaAsync("\"count/configmaps\":\"0\"", ",\"scopes\":[\"NotTerminating\"]", "scoped");
        await PodAsync(name: "out");
        await ForbiddenAsync($"{Of}exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0", () => PodAsync("""{"requests":{"cpu":"1m"}}"""));
        await MapAsync("a"); // scopes are about Pods
    }

    [Fact]
    public async Task TwoQuotas_MustBothAllow()
    {
        await QuotaAsync("\"pods\":\"5\"", name: "a");
        await QuotaAsync("\"pods\":\"1\",\"limits.cpu\":\"1\"", name: "b");
        await ForbiddenAsync($"{Of}failed quota: b: must specify limits.cpu for: c", () => PodAsync());
        await PodAsync("""{"limits":{"cpu":"1"}}""", name: "first");
        await ForbiddenAsync($"{Of}exceeded quota: b, requested: limits.cpu=1,pods=1, used: limits.cpu=1,pods=1, limited: limits.cpu=1,pods=1", () => PodAsync("""{"limits":{"cpu":"1"}}"""));
        await ForbiddenAsync($"{Of}exceeded quota: b, requested: pods=1, used: pods=1, limited: pods=1", () => PodAsync("""{"limits":{"cpu":"0"}}"""));
    }

    [Fact]
    public async Task Service_ThatBecomesANodePort_IsChargedForTheDifference()
    {
        await QuotaAsync("\"services\":\"2\",\"services.nodeports\":\"2\",\"services.loadbalancers\":\"0\"");
        const string Plain = """{"metadata":{"name":"s"},"spec":{"type":"ClusterIP","ports":[{"name":"a","port":80},{"name":"b","port":81}]}}""";
        await _server.CreateAsync(Kinds.Services, "ns", Plain);
        await _server.CreateAsync(Kinds.Services, "ns", """{"metadata":{"name":"t"},"spec":{"type":"NodePort","ports":[{"port":80}]}}""");

        await ForbiddenAsync("services \"s\" is forbidden: exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=1, limited: services.nodeports=2",
            () => _server.UpdateAsync(Kinds.Services, "ns", "s", Plain.Replace("ClusterIP", "NodePort", StringComparison.Ordinal)));
        await ForbiddenAsync("services \"s\" is forbidden: exceeded quota: q, requested: services.loadbalancers=1, used: services.loadbalancers=0, limited: services.loadbalancers=0",
            () => _server.UpdateAsync(Kinds.Services, "ns", "s", Plain.Replace("\"ClusterIP\"", "\"LoadBalancer\",\"allocateLoadBalancerNodePorts\":false", StringComparison.Ordinal)));
        await _server.UpdateAsync(Kinds.Services, "ns", "t", """{"metadata":{"name":"t"},"spec":{"type":"ClusterIP","ports":[{"port":80}]}}""");
        await _server.UpdateAsync(Kinds.Services, "ns", "s", Plain.Replace("ClusterIP", "NodePort", StringComparison.Ordinal));
    }
}
