using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using Coxswain.Store;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

/// <summary>A generated name may be taken: the server makes another one, but not for ever.</summary>
public sealed class GenerateNameTests : IAsyncLifetime
{
    private readonly CrowdedStore _store = new(new MemoryStore());
    private readonly ApiServerCore _core;

    public GenerateNameTests() => _core = new ApiServerCore(_store, new FixedClock(), ResourceCatalog.All, new PipelineOptions());

    public async ValueTask InitializeAsync() => await _core.Find("", "v1", "namespaces")!.CreateAsync(Request(), Body("""{"metadata":{"name":"ns"}}"""));

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private async Task<Answer> CreateAsync() => await _core.Find("", "v1", "configmaps")!.CreateAsync(Request("ns"), Body("""{"metadata":{"generateName":"web-"}}"""));

    [Fact]
    public async Task Create_GeneratedNamesTakenSevenTimes_TakesTheEighth()
    {
        _store.Taken = 7;
        var name = (string)Node((await CreateAsync()).Json)["metadata"]!["name"]!;

        Assert.Equal(8, _store.Asked.Count);
        Assert.Equal(8, _store.Asked.Distinct().Count());
        Assert.Equal($"/registry/configmaps/ns/{name}", _store.Asked[^1]);
    }

    [Fact]
    public async Task Create_GeneratedNamesTakenEightTimes_GivesUp()
    {
        _store.Taken = 8;
        var error = await Assert.ThrowsAsync<StatusException>(CreateAsync);
        var name = _store.Asked[^1].Split('/')[^1];

        Assert.Equal(8, _store.Asked.Count);
        Assert.Equal((409, "AlreadyExists", $"configmaps \"{name}\" already exists, the server was not able to generate a unique name for the object"), (error.Code, error.Reason, error.Message));
        Assert.Equal(1, error.Status.Details.RetryAfterSeconds);
    }

    /// <summary>A store in which the first names that are asked for are taken.</summary>
    private sealed class CrowdedStore(IStore inner) : IStore
    {
        public int Taken { get; set; }
        public List<string> Asked { get; } = [];
        public long Revision => inner.Revision;
        public long OldestRevision => inner.OldestRevision;

        public ValueTask<WriteResult> WriteAsync(Proposal proposal, CancellationToken ct)
        {
            if (!proposal.Key.Contains("/configmaps/", StringComparison.Ordinal)) return inner.WriteAsync(proposal, ct);
            Asked.Add(proposal.Key);
            return Asked.Count <= Taken ? ValueTask.FromResult(new WriteResult(false, 0, null)) : inner.WriteAsync(proposal, ct);
        }

        public StoredValue? Get(string key) => inner.Get(key);
        public RangeResult? Range(string prefix, string? after = null, int limit = 0, long revision = 0) => inner.Range(prefix, after, limit, revision);
        public int Count(string prefix) => inner.Count(prefix);
        public IFeed Subscribe(string prefix, long fromRevision) => inner.Subscribe(prefix, fromRevision);
        public ValueTask CompactAsync(long revision, CancellationToken ct) => inner.CompactAsync(revision, ct);
        public ValueTask<StoreHealth> CheckHealthAsync(CancellationToken ct) => inner.CheckHealthAsync(ct);
        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
