using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class DeleteTests : IAsyncLifetime
{
    private readonly CoreFixture _server = new();

    public async ValueTask InitializeAsync()
    {
        await _server.NamespaceAsync("ns");
        await _server.CreateAsync(Kinds.ServiceAccounts, "ns", """{"metadata":{"name":"default"}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<(Answer Answer, JsonNode Json)> Delete(ResourceType type, string name, V1DeleteOptions? options = null)
    {
        var answer = await _server[type].DeleteAsync(Request(type.Namespaced ? "ns" : "", name), options);
        return (answer, Node(answer.Json));
    }

    private Task MapAsync(string metadata) => _server.CreateAsync(Kinds.ConfigMaps, "ns", $"{{\"metadata\":{{{metadata}}}}}");

    private async Task PodAsync(string name, string? node)
    {
        await _server.CreateAsync(Kinds.Pods, "ns", $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"containers":[{"name":"c","image":"i"}],"terminationGracePeriodSeconds":20}}""");
        if (node is not null)
        {
            await _server.Client.BindAsync(new V1Binding { Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "ns" }, Target = new V1ObjectReference { Kind = "Node", Name = node } }, Ct);
        }
    }

    [Fact]
    public async Task Delete_PlainObject_AnswersASuccessWithItsDetails()
    {
        await MapAsync("\"name\":\"a\"");
        var uid = (string)_server.Get(Kinds.ConfigMaps, "ns", "a")["metadata"]!["uid"]!;

        var (answer, json) = await Delete(Kinds.ConfigMaps, "a");

        Assert.True(answer.IsStatus);
        Assert.True(JsonNode.DeepEquals(json, JsonNode.Parse(
            $$$$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","details":{"name":"a","kind":"configmaps","uid":"{{{{uid}}}}"}}""")), json.ToJsonString());
        await FailsAsync(404, "NotFound", "configmaps \"a\" not found", () => Delete(Kinds.ConfigMaps, "a"));
    }

    /// <summary>Longer than there are times: the Pod waits until the last one, and can still be told to go sooner.</summary>
    [Fact]
    public async Task Delete_WithAnEndlessGracePeriod_CanStillBeShortened()
    {
        await PodAsync("p", "n1");
        var (_, endless) = await Delete(Kinds.Pods, "p", new V1DeleteOptions { GracePeriodSeconds = long.MaxValue });
        Assert.Equal("9999-12-31T23:59:59Z", (string?)endless["metadata"]!["deletionTimestamp"]);
        var (_, shorter) = await Delete(Kinds.Pods, "p", new V1DeleteOptions { GracePeriodSeconds = 10 });
        Assert.Equal("2026-01-01T00:00:10Z", (string?)shorter["metadata"]!["deletionTimestamp"]);
    }

    [Fact]
    public async Task Delete_WithFinalizer_MarksAndGoesWithTheLastFinalizer()
    {
        await MapAsync("\"name\":\"a\",\"finalizers\":[\"x/y\"]");

        var (_, json) = await Delete(Kinds.ConfigMaps, "a");

        Assert.Equal("2026-01-01T00:00:00Z", (string)json["metadata"]!["deletionTimestamp"]!);
        Assert.Equal(0, (int)json["metadata"]!["deletionGracePeriodSeconds"]!);
        await FailsAsync(422, "Invalid", "ConfigMap \"a\" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{\"x/z\"}",
            () => _server.UpdateAsync(Kinds.ConfigMaps, "ns", "a", """{"metadata":{"name":"a","finalizers":["x/y","x/z"]}}"""));
        await FailsAsync(409, "AlreadyExists", "object is being deleted: configmaps \"a\" already exists", () => MapAsync("\"name\":\"a\""));
        await _server.UpdateAsync(Kinds.ConfigMaps, "ns", "a", """{"metadata":{"name":"a"}}""");
        Assert.Null(_server.Store.Get("/registry/configmaps/ns/a"));
    }

    [Theory]
    [InlineData("Orphan", "orphan")]
    [InlineData("Foreground", "foregroundDeletion")]
    public async Task Delete_WithPropagationPolicy_LeavesItsFinalizerForTheGarbageCollector(string policy, string finalizer)
    {
        await MapAsync("\"name\":\"a\"");

        var (_, json) = await Delete(Kinds.ConfigMaps, "a", new V1DeleteOptions { PropagationPolicy = policy });

        Assert.Equal(finalizer, (string)Assert.Single(json["metadata"]!["finalizers"]!.AsArray())!);
    }

    /// <summary>Who says nothing gets what the kind has always done: a ReplicationController leaves its Pods behind, the workloads of the apps group take them along.</summary>
    [Fact]
    public async Task Delete_WithoutPolicy_OrphansOnlyForAReplicationController()
    {
        const string Template = """{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}""";
        await _server.CreateAsync(Kinds.ReplicationControllers, "ns", $$$"""{"metadata":{"name":"rc"},"spec":{"template":{{{Template}}}}}""");
        foreach (var type in (ResourceType[])[Kinds.ReplicaSets, Kinds.Deployments, Kinds.DaemonSets])
        {
            await _server.CreateAsync(type, "ns", $$$"""{"metadata":{"name":"x"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{{{Template}}}}}""");
            await Delete(type, "x");
            await FailsAsync(404, "NotFound", $"{type.GroupResource} \"x\" not found", () => Delete(type, "x"));
        }

        var (_, json) = await Delete(Kinds.ReplicationControllers, "rc");

        Assert.Equal("orphan", (string)Assert.Single(json["metadata"]!["finalizers"]!.AsArray())!);
    }

    /// <summary>The older spelling; who asks for the dependents to go too is told when that is still to come.</summary>
    [Theory]
    [InlineData(true, 200, "x/y orphan")]
    [InlineData(false, 202, "x/y")]
    public async Task Delete_WithOrphanDependents_IsThePolicyOfThatName(bool orphan, int code, string finalizers)
    {
        await MapAsync("\"name\":\"a\",\"finalizers\":[\"x/y\"]");

#pragma warning disable CS0618 // old clients still send it
        var (answer, json) = await Delete(Kinds.ConfigMaps, "a", new V1DeleteOptions { OrphanDependents = orphan });
#pragma warning restore CS0618

        Assert.Equal((code, finalizers), (answer.Code, string.Join(' ', json["metadata"]!["finalizers"]!.AsArray().Select(f => (string)f!))));
    }

    [Fact]
    public async Task Delete_BackgroundAfterOrphan_GoesAtOnce()
    {
        await MapAsync("\"name\":\"a\",\"finalizers\":[\"orphan\"]");

        await Delete(Kinds.ConfigMaps, "a", new V1DeleteOptions { PropagationPolicy = "Background" });

        Assert.Null(_server.Store.Get("/registry/configmaps/ns/a"));
    }

    [Fact]
    public async Task Delete_UnknownPolicy_IsInvalid()
    {
        await MapAsync("\"name\":\"a\"");

        await FailsAsync(422, "Invalid", "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"x\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"",
            () => Delete(Kinds.ConfigMaps, "a", new V1DeleteOptions { PropagationPolicy = "x" }));
    }

    [Fact]
    public async Task Delete_OtherUid_ConflictsNamingTheKind()
    {
        await MapAsync("\"name\":\"a\"");
        var uid = (string)_server.Get(Kinds.ConfigMaps, "ns", "a")["metadata"]!["uid"]!;

        await FailsAsync(409, "Conflict", $"Operation cannot be fulfilled on ConfigMap \"a\": the UID in the precondition (1) does not match the UID in record ({uid}). The object might have been deleted and then recreated",
            () => Delete(Kinds.ConfigMaps, "a", new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = "1" } }));
    }

    [Fact]
    public async Task Delete_OtherResourceVersion_ConflictsNamingTheKind()
    {
        await MapAsync("\"name\":\"a\"");
        var version = (string)_server.Get(Kinds.ConfigMaps, "ns", "a")["metadata"]!["resourceVersion"]!;

        await FailsAsync(409, "Conflict", $"Operation cannot be fulfilled on ConfigMap \"a\": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ({version}). The object might have been modified",
            () => Delete(Kinds.ConfigMaps, "a", new V1DeleteOptions { Preconditions = new V1Preconditions { ResourceVersion = "1" } }));
        await Delete(Kinds.ConfigMaps, "a", new V1DeleteOptions { Preconditions = new V1Preconditions { ResourceVersion = version } });
    }

    /// <summary>Namespaces have a deletion of their own upstream, with the store's words for this.</summary>
    [Fact]
    public async Task Delete_OtherNamespaceThanMeant_ConflictsInTheStoresWords()
    {
        var meta = _server.Get(Kinds.Namespaces, "", "ns")["metadata"]!;

        await FailsAsync(409, "Conflict", $"Operation cannot be fulfilled on namespaces \"ns\": Precondition failed: UID in precondition: 1, UID in object meta: {(string)meta["uid"]!}",
            () => Delete(Kinds.Namespaces, "ns", new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = "1" } }));
        await FailsAsync(409, "Conflict", $"Operation cannot be fulfilled on namespaces \"ns\": Precondition failed: ResourceVersion in precondition: 9, ResourceVersion in object meta: {(string)meta["resourceVersion"]!}",
            () => Delete(Kinds.Namespaces, "ns", new V1DeleteOptions { Preconditions = new V1Preconditions { ResourceVersion = "9" } }));
    }

    [Fact]
    public async Task Delete_BoundPod_WaitsItsGraceAndMayBeShortened()
    {
        await PodAsync("p", "n1");

        var first = (await Delete(Kinds.Pods, "p")).Json["metadata"]!;
        _server.Clock.Advance(TimeSpan.FromSeconds(5));
        var longer = (await Delete(Kinds.Pods, "p", new V1DeleteOptions { GracePeriodSeconds = 60 })).Json["metadata"]!;
        var shorter = (await Delete(Kinds.Pods, "p", new V1DeleteOptions { GracePeriodSeconds = 10 })).Json["metadata"]!;

        Assert.Equal(("2026-01-01T00:00:20Z", 20), ((string)first["deletionTimestamp"]!, (int)first["deletionGracePeriodSeconds"]!));
        Assert.Equal(20, (int)longer["deletionGracePeriodSeconds"]!);
        Assert.Equal(("2026-01-01T00:00:10Z", 10), ((string)shorter["deletionTimestamp"]!, (int)shorter["deletionGracePeriodSeconds"]!));
        await Delete(Kinds.Pods, "p", new V1DeleteOptions { GracePeriodSeconds = 0 });
        Assert.Null(_server.Store.Get("/registry/pods/ns/p"));
    }

    [Fact]
    public async Task Delete_UnboundPod_GoesAtOnceAndAnswersThePod()
    {
        await PodAsync("p", null);

        var (answer, json) = await Delete(Kinds.Pods, "p");

        Assert.Equal((200, "Pod"), (answer.Code, (string)json["kind"]!));
        Assert.Null(_server.Store.Get("/registry/pods/ns/p"));
    }

    [Fact]
    public async Task Delete_Namespace_TerminatesAndEndsWithItsLastSpecFinalizer()
    {
        await _server.NamespaceAsync("gone");

        var (_, json) = await Delete(Kinds.Namespaces, "gone");

        Assert.Equal("Terminating", (string)json["status"]!["phase"]!);
        await FailsAsync(403, "Forbidden", "configmaps \"a\" is forbidden: unable to create new content in namespace gone because it is being terminated",
            () => _server.CreateAsync(Kinds.ConfigMaps, "gone", """{"metadata":{"name":"a"}}"""));
        await _server.UpdateAsync(Kinds.Namespaces, "", "gone", """{"metadata":{"name":"gone"},"spec":{}}""", "finalize");
        Assert.Null(_server.Store.Get("/registry/namespaces/gone"));
    }

    [Fact]
    public async Task Delete_DryRun_LeavesTheObject()
    {
        await MapAsync("\"name\":\"a\"");

        await _server[Kinds.ConfigMaps].DeleteAsync(Request("ns", "a", dryRun: true), null);

        Assert.NotNull(_server.Store.Get("/registry/configmaps/ns/a"));
    }

    [Fact]
    public async Task DeleteCollection_WithSelector_DeletesThoseAndListsThem()
    {
        await MapAsync("\"name\":\"a\",\"labels\":{\"x\":\"1\"}");
        await MapAsync("\"name\":\"b\"");

        var deleted = await _server[Kinds.ConfigMaps].DeleteCollectionAsync(Request("ns"), new ListQuery { LabelSelector = "x=1" }, null);

        Assert.Equal(["a"], Node(deleted)["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!));
        Assert.Null(_server.Store.Get("/registry/configmaps/ns/a"));
        Assert.NotNull(_server.Store.Get("/registry/configmaps/ns/b"));
    }
}
