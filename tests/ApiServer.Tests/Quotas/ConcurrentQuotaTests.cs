using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using Coxswain.ApiServer.Tests.Pipeline;
using Coxswain.Store;
using k8s.Models;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Quotas;

/// <summary>Writes that are under way at one moment, all of them between the check and the commit.</summary>
public sealed class ConcurrentQuotaTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);
    private readonly GatedStore _store = new(new MemoryStore(), "/registry/configmaps/");
    private readonly SemaphoreSlim _refused = new(0);
    private InProcessClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _client = new InProcessClient(new ApiServerCore(_store, new FixedClock(), ResourceCatalog.All, new PipelineOptions()), Admin);
        await _client.CreateAsync(Kinds.Namespaces, Kinds.Namespaces.New(null, "ns"), Ct);
    }

    public ValueTask DisposeAsync()
    {
        _refused.Dispose();
        return _store.DisposeAsync();
    }

    private Task<V1ResourceQuota> QuotaAsync(string name, int maps)
    {
        var quota = Kinds.ResourceQuotas.New("ns", name);
        quota.Spec = new V1ResourceQuotaSpec { Hard = new Dictionary<string, ResourceQuantity> { ["count/configmaps"] = Quantity.FromInt64(maps).ToResourceQuantity() } };
        return _client.CreateAsync(Kinds.ResourceQuotas, quota, Ct);
    }

    /// <summary>201, or what it was refused with.</summary>
    private async Task<(int Code, string Message)> MapAsync(string name)
    {
        try
        {
            await _client.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("ns", name), Ct);
            return (201, "");
        }
        catch (StatusException e)
        {
            _refused.Release();
            return (e.Code, e.Message);
        }
    }

    /// <summary>Starts a create whose write then waits.</summary>
    private async Task<Task<(int Code, string Message)>> UnderWayAsync(string name)
    {
        var create = MapAsync(name);
        Assert.True(await _store.Arrivals.WaitAsync(Bound, Ct));
        return create;
    }

    [Fact]
    public async Task Create_ThirtyTwoAtOnceWhereTenFit_TenAreMade()
    {
        await QuotaAsync("q", 10);
        _store.Close();
        var all = Enumerable.Range(0, 32).Select(i => Task.Run(() => MapAsync($"m{i}"))).ToList();
        for (var i = 0; i < 10; i++) Assert.True(await _store.Arrivals.WaitAsync(Bound, Ct));
        for (var i = 0; i < 22; i++) Assert.True(await _refused.WaitAsync(Bound, Ct));
        Assert.Equal(10, _store.Waiting);
        _store.Release();

        var outcomes = await Task.WhenAll(all);
        Assert.Equal(10, outcomes.Count(o => o.Code == 201));
        Assert.Equal(22, outcomes.Count(o => o.Code == 403 && o.Message.EndsWith("exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=10, limited: count/configmaps=10", StringComparison.Ordinal)));
        Assert.Equal(10, _store.Count("/registry/configmaps/ns/"));
    }

    [Fact]
    public async Task Create_WhoseWriteFails_GivesItsPlaceBack()
    {
        await QuotaAsync("q", 1);
        _store.Close();
        var first = await UnderWayAsync("a");
        Assert.Equal(403, (await MapAsync("b")).Code);
        _store.Release(new StoreUnavailableException("disk full", null!));

        Assert.Equal(500, (await first).Code);
        _store.Close();
        _store.Release();
        Assert.Equal(201, (await MapAsync("b")).Code);
    }

    [Fact]
    public async Task Quota_MadeOrChangedMeanwhile_CountsWhatIsUnderWay()
    {
        await QuotaAsync("wide", 10);
        _store.Close();
        var first = await UnderWayAsync("a");
        await QuotaAsync("narrow", 1);
        Assert.Equal("configmaps \"b\" is forbidden: exceeded quota: narrow, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1", (await MapAsync("b")).Message);
        _store.Release();

        Assert.Equal(201, (await first).Code);
        Assert.Equal(403, (await MapAsync("b")).Code);
    }

    /// <summary>Two that want one name take one place: only one of them can be made.</summary>
    [Fact]
    public async Task Create_OfOneNameTwice_TakesOnePlace()
    {
        await QuotaAsync("q", 2);
        _store.Close();
        var twice = new[] { await UnderWayAsync("a"), await UnderWayAsync("a") };
        var other = await UnderWayAsync("b");
        _store.Release();

        Assert.Equal([201, 409], (await Task.WhenAll(twice)).Select(o => o.Code).Order());
        Assert.Equal(201, (await other).Code);
        Assert.Equal(403, (await MapAsync("c")).Code);
    }
}
