using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.Client;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class UpdateTests : IAsyncLifetime
{
    private readonly CoreFixture _server = new();

    public async ValueTask InitializeAsync()
    {
        await _server.NamespaceAsync("ns");
        await _server.CreateAsync(Kinds.ConfigMaps, "ns", """{"metadata":{"name":"a"},"data":{"k":"v"}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task<JsonNode> Put(string json) => _server.UpdateAsync(Kinds.ConfigMaps, "ns", "a", json);

    [Fact]
    public async Task Update_SameContent_WritesNoRevision()
    {
        var before = _server.Store.Revision;

        await Put("""{"metadata":{"name":"a"},"data":{"k":"v"}}""");

        Assert.Equal(before, _server.Store.Revision);
    }

    [Fact]
    public async Task UpdateAndPatch_DryRun_ShowWhatWouldBeAndWriteNothing()
    {
        var before = _server.Store.Revision;
        var endpoint = _server[Kinds.ConfigMaps];
        var put = Node((await endpoint.UpdateAsync(Request("ns", "a", dryRun: true), Body("""{"metadata":{"name":"a"},"data":{"k":"w"}}"""))).Json);
        var patch = Node((await endpoint.PatchAsync(Request("ns", "a", dryRun: true), new Patch(PatchType.Merge, """{"data":{"k":"x"}}"""u8.ToArray()))).Json);

        Assert.Equal(("w", "x"), ((string)put["data"]!["k"]!, (string)patch["data"]!["k"]!));
        Assert.Equal(before, _server.Store.Revision);
        Assert.Equal("v", (string)_server.Get(Kinds.ConfigMaps, "ns", "a")["data"]!["k"]!);
    }

    [Fact]
    public async Task Update_OldResourceVersion_Conflicts()
    {
        var old = (string)_server.Get(Kinds.ConfigMaps, "ns", "a")["metadata"]!["resourceVersion"]!;
        await Put("""{"metadata":{"name":"a"},"data":{"k":"w"}}""");

        await FailsAsync(409, "Conflict", "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again",
            () => Put($$$"""{"metadata":{"name":"a","resourceVersion":"{{{old}}}"},"data":{"k":"x"}}"""));
    }

    [Fact]
    public async Task Update_OtherUid_ConflictsWithThePrecondition()
    {
        var uid = (string)_server.Get(Kinds.ConfigMaps, "ns", "a")["metadata"]!["uid"]!;

        await FailsAsync(409, "Conflict", "Operation cannot be fulfilled on configmaps \"a\": StorageError: invalid object, Code: 4, Key: /registry/configmaps/ns/a, "
            + $"ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: 1234, UID in object meta: {uid}",
            () => Put("""{"metadata":{"name":"a","uid":"1234"}}"""));
    }

    [Theory]
    [InlineData("""{"metadata":{}}""", "the name of the object (a based on URL) was undeterminable: name must be provided")]
    [InlineData("""{"metadata":{"name":"b"}}""", "the name of the object (b) does not match the name on the URL (a)")]
    [InlineData("""{"metadata":{"name":"a","namespace":"x"}}""", "the namespace of the object (x) does not match the namespace on the request (ns)")]
    public async Task Update_OfAnotherObject_IsABadRequest(string body, string message) => await FailsAsync(400, "BadRequest", message, () => Put(body));

    [Fact]
    public async Task Update_Missing_IsNotFound() => await FailsAsync(404, "NotFound", "configmaps \"b\" not found",
        () => _server.UpdateAsync(Kinds.ConfigMaps, "ns", "b", """{"metadata":{"name":"b"}}"""));

    [Fact]
    public async Task Update_MissingLease_IsCreated()
    {
        var answer = await _server[Kinds.Leases].UpdateAsync(Request("ns", "l"), Body("""{"metadata":{"name":"l"},"spec":{}}"""));

        Assert.Equal(201, answer.Code);
    }

    [Fact]
    public async Task Update_KeepsWhatTheServerGave()
    {
        var before = _server.Get(Kinds.ConfigMaps, "ns", "a")["metadata"]!;
        _server.Clock.Advance(TimeSpan.FromHours(1));

        await Put("""{"metadata":{"name":"a","creationTimestamp":"2020-01-01T00:00:00Z"},"data":{"k":"w"}}""");

        var after = _server.Get(Kinds.ConfigMaps, "ns", "a")["metadata"]!;
        Assert.Equal((string)before["uid"]!, (string)after["uid"]!);
        Assert.Equal((string)before["creationTimestamp"]!, (string)after["creationTimestamp"]!);
    }

    [Fact]
    public async Task Update_NewDeletionTimestamp_IsImmutable() => await FailsAsync(422, "Invalid",
        "ConfigMap \"a\" is invalid: metadata.deletionTimestamp: Invalid value: \"2026-01-01T00:00:00Z\": field is immutable",
        () => Put("""{"metadata":{"name":"a","deletionTimestamp":"2026-01-01T00:00:00Z"}}"""));

    [Fact]
    public async Task Update_ManyUnconditional_AllHappen()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Put($$$"""{"metadata":{"name":"a"},"data":{"k":"{{{i}}}"}}""")));

        Assert.InRange(int.Parse((string)_server.Get(Kinds.ConfigMaps, "ns", "a")["data"]!["k"]!), 0, 19);
    }

    [Fact]
    public async Task Update_InProcessWithoutResourceVersion_OvercomesOtherWriters()
    {
        async Task WriteAsync(int writer)
        {
            for (var i = 0; i < 20; i++)
            {
                var map = Kinds.ConfigMaps.New("ns", "a");
                map.Data = new Dictionary<string, string> { ["k"] = $"{writer} {i}" };
                await _server.Client.UpdateAsync(Kinds.ConfigMaps, map, null, Ct);
            }
        }
        var before = _server.Store.Revision;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(w => Task.Run(() => WriteAsync(w), Ct)));

        Assert.Equal(before + 80, _server.Store.Revision);
    }

    [Fact]
    public async Task Update_Status_LeavesTheSpecAndIsItsOwnWrite()
    {
        await _server.CreateAsync(Kinds.Nodes, "", """{"metadata":{"name":"n"},"spec":{"podCIDR":"10.0.0.0/24"}}""");

        var json = await _server.UpdateAsync(Kinds.Nodes, "", "n", """{"metadata":{"name":"n"},"status":{"capacity":{"cpu":"2"}}}""", "status");

        Assert.Equal(("10.0.0.0/24", "2"), ((string)json["spec"]!["podCIDR"]!, (string)json["status"]!["capacity"]!["cpu"]!));
    }
}
