using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using Coxswain.ApiServer.Tests.Quotas;
using Coxswain.Store;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class DeleteCollectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);
    private readonly GatedStore _store = new(new MemoryStore(), "/registry/configmaps/");
    private ResourceEndpoint _maps = null!;

    public async ValueTask InitializeAsync()
    {
        var core = new ApiServerCore(_store, new FixedClock(), ResourceCatalog.All, new PipelineOptions { DetectMutation = true });
        var client = new InProcessClient(core, Admin);
        await client.CreateAsync(Kinds.Namespaces, Kinds.Namespaces.New(null, "ns"), Ct);
        for (var i = 0; i < 4; i++) await client.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("ns", $"m{i}"), Ct);
        _maps = core.Find("", "v1", "configmaps")!;
        while (_store.Arrivals.CurrentCount > 0) await _store.Arrivals.WaitAsync(Ct);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    /// <summary>One after the other, each would wait for the disk alone.</summary>
    [Fact]
    public async Task DeleteCollection_Several_AreUnderWayTogether()
    {
        _store.Close();
        var deleting = _maps.DeleteCollectionAsync(Request("ns"), new ListQuery(), null).AsTask();
        for (var i = 0; i < 4; i++) Assert.True(await _store.Arrivals.WaitAsync(Bound, Ct), $"only {i} of 4 deletions were under way");
        _store.Release();

        Assert.Equal(4, (await deleting).Items.Count);
        Assert.Equal(0, _store.Count("/registry/configmaps/"));
    }

    [Fact]
    public async Task DeleteCollection_StoreUnavailable_FailsAsADeletionDoes()
    {
        _store.Close();
        var deleting = _maps.DeleteCollectionAsync(Request("ns"), new ListQuery(), null).AsTask();
        for (var i = 0; i < 4; i++) Assert.True(await _store.Arrivals.WaitAsync(Bound, Ct));
        _store.Release(new StoreUnavailableException("no room"));
        var error = await Assert.ThrowsAsync<StatusException>(() => deleting);
        Assert.Equal((500, "no room"), (error.Code, error.Message));
    }

    [Fact]
    public async Task DeleteCollection_Watched_TellsEachLastStateAtItsDeletion()
    {
        using var watch = _maps.Watch(Request("ns"), new ListQuery { ResourceVersion = $"{_store.Revision}" });
        var last = _maps.List(Request("ns"), new ListQuery()).Items.ToDictionary(item => item.Key, item => Node(item.Bytes));
        await _maps.DeleteCollectionAsync(Request("ns"), new ListQuery(), null);
        var frames = new List<WatchFrame>();
        while (frames.Count < 4) frames.AddRange(await watch.ReadAsync(Ct));

        Assert.All(frames, frame =>
        {
            var (shown, expected) = (Node(frame.Json), last[frame.Stored!.Key]);
            expected["metadata"]!["resourceVersion"] = $"{frame.Revision}";
            Assert.Equal(WatchFrameType.Deleted, frame.Type);
            Assert.True(JsonNode.DeepEquals(expected, shown), shown.ToJsonString());
        });
    }
}
