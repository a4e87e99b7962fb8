using System.Text;
using Coxswain.Api;
using k8s.Models;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class CreateTests : IAsyncLifetime
{
    private readonly CoreFixture _server = new();

    public async ValueTask InitializeAsync() => await _server.NamespaceAsync("ns");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Create_NewName_AnswersTheStoredBytesWithTheServersFields()
    {
        var answer = await _server[Kinds.ConfigMaps].CreateAsync(Request("ns"), Body("""{"metadata":{"name":"a","generation":7},"data":{"k":"v"}}"""));

        Assert.Equal(201, answer.Code);
        var stored = _server.Store.Get("/registry/configmaps/ns/a")!;
        Assert.Equal(Encoding.UTF8.GetString(stored.Bytes.Span), Encoding.UTF8.GetString(answer.Json.Span));
        var json = Node(answer.Json);
        Assert.Equal("v1", (string)json["apiVersion"]!);
        Assert.Equal("ns", (string)json["metadata"]!["namespace"]!);
        Assert.Equal($"{stored.Revision}", (string)json["metadata"]!["resourceVersion"]!);
        Assert.True(Guid.TryParse((string)json["metadata"]!["uid"]!, out _));
        Assert.Equal("2026-01-01T00:00:00Z", (string)json["metadata"]!["creationTimestamp"]!);
    }

    [Fact]
    public async Task Create_NameTaken_Conflicts()
    {
        await _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"name":"a"}}""");

        await FailsAsync(409, "AlreadyExists", "configmaps \"a\" already exists", () => _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"name":"a"}}"""));
    }

    [Fact]
    public async Task Create_GenerateName_AddsFiveCharacters()
    {
        var json = await _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"generateName":"web-"}}""");

        Assert.Matches("^web-[bcdfghjklmnpqrstvwxz2456789]{5}$", (string)json["metadata"]!["name"]!);
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"a","namespace":"other"}}""", "the namespace of the provided object does not match the namespace sent on the request")]
    public async Task Create_ThatCannotBeMeant_IsABadRequest(string body, string message) =>
        await FailsAsync(400, "BadRequest", message, () => _server.CreateAsync(Kinds.ConfigMaps, "ns", body));

    [Fact]
    public async Task Create_WithAResourceVersion_IsRefusedWithoutAReasonAsUpstreamsStoreDoes() =>
        await FailsAsync(500, "", "resourceVersion should not be set on objects to be created",
            () => _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"name":"a","resourceVersion":"7"}}"""));

    [Fact]
    public async Task Create_BadMetadata_NamesEveryFinding()
    {
        var error = await Assert.ThrowsAsync<StatusException>(() => _server.CreateAsync(Kinds.ConfigMaps, "ns",
            """{"metadata":{"name":"A_b","labels":{"-x":"y"},"ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":""}],"finalizers":["mine"]}}"""));

        Assert.Equal(422, error.Code);
        Assert.StartsWith("ConfigMap \"A_b\" is invalid: [metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of", error.Message, StringComparison.Ordinal);
        Assert.Equal(["metadata.name", "metadata.labels", "metadata.ownerReferences.uid", "metadata.finalizers[0]"], error.Status.Details.Causes.Select(c => c.Field));
    }

    [Fact]
    public async Task Create_DryRun_WritesNothing()
    {
        var before = _server.Store.Revision;

        var answer = await _server[Kinds.ConfigMaps].CreateAsync(Request("ns", dryRun: true), Body("""{"metadata":{"name":"a"}}"""));

        Assert.Equal((201, before), (answer.Code, _server.Store.Revision));
        Assert.Null(Node(answer.Json)["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Create_InProcess_GivesTheObjectItsRevision()
    {
        var made = await _server.Client.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("ns", "a"), Ct);

        Assert.Equal($"{_server.Store.Revision}", made.Metadata.ResourceVersion);
        Assert.Equal(made.Metadata.Uid, (await _server.Client.GetAsync(Kinds.ConfigMaps, "ns", "a", Ct)).Metadata.Uid);
    }

    [Fact]
    public async Task Create_AnnotationCalledResourceVersion_LeavesItAlone()
    {
        var map = Kinds.ConfigMaps.New("ns", "a");
        map.Metadata.Annotations = new Dictionary<string, string> { ["resourceVersion"] = "mine" };

        var made = await _server.Client.CreateAsync(Kinds.ConfigMaps, map, Ct);

        var json = _server.Get(Kinds.ConfigMaps, "ns", "a")["metadata"]!;
        Assert.Equal(("mine", made.Metadata.ResourceVersion), ((string)json["annotations"]!["resourceVersion"]!, (string)json["resourceVersion"]!));
    }

    [Fact]
    public async Task Read_OfAnObjectSomebodyChanged_IsDetected()
    {
        await _server.Client.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("ns", "a"), Ct);
        var shared = await _server.Client.GetAsync(Kinds.ConfigMaps, "ns", "a", Ct);
        shared.Data = new Dictionary<string, string> { ["k"] = "changed" };

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => _server.Client.GetAsync(Kinds.ConfigMaps, "ns", "a", Ct));

        Assert.Contains("/registry/configmaps/ns/a", error.Message, StringComparison.Ordinal);
    }
}
