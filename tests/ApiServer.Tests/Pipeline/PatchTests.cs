using System.Text;
using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.Client;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class PatchTests : IAsyncLifetime
{
    private readonly CoreFixture _server = new();

    public async ValueTask InitializeAsync()
    {
        await _server.NamespaceAsync("ns");
        await _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"name":"a","labels":{"l":"1"}},"data":{"k":"v"}}""");
        await _server.CreateAsync(Kinds.Deployments, "ns", """
            {"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},
             "template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i:1"},{"name":"e","image":"e:1"}]}}}}
            """);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<JsonNode> Patch(ResourceType type, string name, PatchType how, string patch, string subresource = "") =>
        Node((await _server[type].PatchAsync(Request("ns", name), new Patch(how, Encoding.UTF8.GetBytes(patch)), subresource)).Json);

    [Fact]
    public async Task Patch_Strategic_MergesContainersByName()
    {
        var json = await Patch(Kinds.Deployments, "d", PatchType.StrategicMerge, """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"i:2"}]}}}}""");

        Assert.Equal(["i:2", "e:1"], json["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(c => (string)c!["image"]!));
        Assert.Equal(2, (int)json["metadata"]!["generation"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("scale")]
    public Task Patch_ThatTakesTheMetadataAway_LosesTheName(string subresource) => FailsAsync(400, "BadRequest",
        "the name of the object (d based on URL) was undeterminable: name must be provided", () => Patch(Kinds.Deployments, "d", PatchType.Merge, """{"metadata":null}""", subresource));

    [Fact]
    public async Task Patch_ThatChangesNothing_WritesNoRevision()
    {
        var before = _server.Store.Revision;

        await Patch(Kinds.ConfigMaps, "a", PatchType.Merge, """{"data":{"k":"v"}}""");

        Assert.Equal(before, _server.Store.Revision);
    }

    [Fact]
    public async Task Patch_Concurrent_AllAreApplied()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => Patch(Kinds.ConfigMaps, "a", PatchType.Merge, $$$"""{"data":{"n{{{i}}}":"1"}}"""), Ct)));

        Assert.Equal(21, _server.Get(Kinds.ConfigMaps, "ns", "a")["data"]!.AsObject().Count);
    }

    [Fact]
    public async Task Patch_WithAnOldResourceVersion_Conflicts() => await FailsAsync(409, "Conflict",
        "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again",
        () => Patch(Kinds.ConfigMaps, "a", PatchType.Merge, """{"metadata":{"resourceVersion":"1"},"data":{"k":"w"}}"""));

    [Fact]
    public async Task Patch_FailedTest_TellsOnlyThatItWasRefused() => await FailsAsync(422, "Invalid", "the server rejected our request due to an error in our request",
        () => Patch(Kinds.ConfigMaps, "a", PatchType.Json, """[{"op":"test","path":"/data/k","value":"x"}]"""));

    [Fact]
    public async Task Patch_NotJson_IsABadRequest() => await FailsAsync(400, "BadRequest", "error decoding patch: unexpected end of JSON input", () => Patch(Kinds.ConfigMaps, "a", PatchType.Json, "["));

    [Fact]
    public async Task Patch_OfTheUid_IsImmutable()
    {
        var error = await Assert.ThrowsAsync<StatusException>(() => Patch(Kinds.ConfigMaps, "a", PatchType.Merge, """{"metadata":{"uid":"x"}}"""));

        Assert.Equal("ConfigMap \"a\" is invalid: metadata.uid: Invalid value: \"x\": field is immutable", error.Message);
    }

    [Fact]
    public async Task Patch_OfTheName_IsABadRequest() => await FailsAsync(400, "BadRequest", "the name of the object (b) does not match the name on the URL (a)",
        () => Patch(Kinds.ConfigMaps, "a", PatchType.Merge, """{"metadata":{"name":"b"}}"""));

    [Theory]
    [InlineData("""{"spec":{"replicas":"x"}}""", "map[spec:map[replicas:x]]", "unrecognized type: int32")]
    [InlineData("""{"metadata":{"labels":{"a":1}}}""", "map[metadata:map[labels:map[a:1]]]", "cannot convert int64 to string")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":"x"}}}}""", "map[spec:map[template:map[spec:map[containers:x]]]]", "cannot restore slice from string")]
    public async Task Patch_StrategicWithAWrongType_ShowsThePatch(string patch, string shown, string why) => await FailsAsync(422, "Invalid",
        $" \"\" is invalid: patch: Invalid value: \"{shown}\": {why}", () => Patch(Kinds.Deployments, "d", PatchType.StrategicMerge, patch));

    [Fact]
    public async Task Patch_MergeWithAWrongType_NamesTheField()
    {
        var error = await Assert.ThrowsAsync<StatusException>(() => Patch(Kinds.Deployments, "d", PatchType.Merge, """{"spec":{"replicas":"x"}}"""));

        Assert.Equal(422, error.Code);
        Assert.EndsWith("json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32", error.Message);
    }

    [Fact]
    public async Task Patch_ScaleWithAWrongType_IsInvalid()
    {
        var error = await Assert.ThrowsAsync<StatusException>(() => Patch(Kinds.Deployments, "d", PatchType.Merge, """{"spec":{"replicas":"x"}}""", "scale"));

        Assert.Equal((422, "Invalid"), (error.Code, error.Reason));
    }

    [Fact]
    public async Task Patch_StrategicItemWithoutItsKey_IsShownAsGoWould() => await FailsAsync(500, "", "map: map[image:foo] does not contain declared merge key: name",
        () => Patch(Kinds.Deployments, "d", PatchType.StrategicMerge, """{"spec":{"template":{"spec":{"containers":[{"image":"foo"}]}}}}"""));

    [Fact]
    public async Task Patch_Scale_SetsReplicas()
    {
        var scale = await Patch(Kinds.Deployments, "d", PatchType.Merge, """{"spec":{"replicas":3}}""", "scale");

        Assert.Equal(("Scale", 3), ((string)scale["kind"]!, (int)scale["spec"]!["replicas"]!));
        Assert.Equal(3, (int)_server.Get(Kinds.Deployments, "ns", "d")["spec"]!["replicas"]!);
        await FailsAsync(422, "Invalid", "Scale.autoscaling \"d\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0",
            () => Patch(Kinds.Deployments, "d", PatchType.Merge, """{"spec":{"replicas":-1}}""", "scale"));
    }

    [Fact]
    public async Task Patch_Status_LeavesTheSpecAlone()
    {
        var json = await Patch(Kinds.Deployments, "d", PatchType.Merge, """{"spec":{"replicas":9},"status":{"observedGeneration":1}}""", "status");

        Assert.Equal((1, 1), ((int)json["spec"]!["replicas"]!, (int)json["status"]!["observedGeneration"]!));
    }
}
