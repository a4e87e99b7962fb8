using System.Collections.Concurrent;
using Coxswain.Api;
using Coxswain.TestKit;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Coxswain.Client.Tests.Informers;

public sealed class InformerTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeApi _api;
    private readonly Informer<V1ConfigMap> _informer;
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private Task _running = Task.CompletedTask;

    public InformerTests()
    {
        _api = new FakeApi(_clock);
        _informer = new Informer<V1ConfigMap>(_api, Kinds.ConfigMaps, new InformerOptions(), _clock, NullLogger.Instance);
        _informer.AddHandler(change => _seen.Enqueue($"{(change.IsAdd ? "add" : change.IsUpdate ? "update" : "delete")} {change.Value.Metadata.Name}"));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    [Fact]
    public async Task Run_WithATransform_CachesAndTellsWhatItMakesOfEachObject()
    {
        var data = new Dictionary<string, string> { ["k"] = "v" };
        var told = new ConcurrentQueue<V1ConfigMap>();
        await _api.CreateAsync(Kinds.ConfigMaps, new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "listed", NamespaceProperty = "ns" }, Data = data }, _stop.Token);
        var informer = new Informer<V1ConfigMap>(_api, Kinds.ConfigMaps, new InformerOptions(), _clock, NullLogger.Instance) { Transform = map => map with { Data = null } };
        informer.AddHandler(change => told.Enqueue(change.Value));
        _running = informer.RunAsync(_stop.Token);
        await informer.HasSynced.WaitAsync(_stop.Token);
        await _api.CreateAsync(Kinds.ConfigMaps, new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "watched", NamespaceProperty = "ns" }, Data = data }, _stop.Token);
        await _api.DeleteAsync(Kinds.ConfigMaps, "ns", "listed", null, _stop.Token);
        await Eventually.TrueAsync(() => told.Count == 3, _stop.Token);

        Assert.Equal(["listed", "watched", "listed"], told.Select(map => map.Metadata.Name));
        Assert.All(told.Concat(informer.Cache.List()), map => Assert.Null(map.Data));
    }

    [Fact]
    public async Task Run_Started_ListsThenWatches()
    {
        await CreateAsync("a");
        await StartAsync();
        Assert.NotNull(_informer.Cache.Get("ns", "a"));
        await CreateAsync("b");
        _api.Change(Kinds.ConfigMaps, "ns", "a", map => map.Data = new Dictionary<string, string> { ["k"] = "v" });
        await _api.DeleteAsync(Kinds.ConfigMaps, "ns", "b", null, _stop.Token);

        await SeenAsync("add a", "add b", "update a", "delete b");
        Assert.Equal("v", _informer.Cache.Get("ns", "a")!.Data["k"]);
        Assert.Null(_informer.Cache.Get("ns", "b"));
    }

    [Fact]
    public async Task Run_WatchEnds_GoesOnWithoutLossOrRepetition()
    {
        await StartAsync();
        await CreateAsync("a");
        await SeenAsync("add a");
        _api.EndWatches();
        await CreateAsync("b");

        await SeenAsync("add a", "add b");
        Assert.Equal(1, Lists);
    }

    [Fact]
    public async Task Run_RevisionExpired_ListsAnewAndTellsTheDifference()
    {
        await CreateAsync("kept");
        await CreateAsync("dropped");
        await StartAsync();
        _expire = true;
        _api.EndWatches();
        await _api.DeleteAsync(Kinds.ConfigMaps, "ns", "dropped", null, _stop.Token);
        await CreateAsync("new");

        await Eventually.TrueAsync(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return _seen.Contains("delete dropped") && _seen.Contains("add new");
        }, _stop.Token);
        Assert.Equal(2, Lists);
        Assert.Equal(1, _seen.Count(each => each == "add kept"));
    }

    [Fact]
    public async Task Run_ServerAway_RetriesWithBackoff()
    {
        var away = true;
        _api.Fault = (verb, _, _) =>
        {
            if (away && verb == "list") throw new HttpRequestException("refused");
        };
        _running = _informer.RunAsync(_stop.Token);
        Assert.False(_informer.HasSynced.IsCompleted);
        away = false;

        await Eventually.TrueAsync(() =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(200));
            return _informer.HasSynced.IsCompleted;
        }, _stop.Token);
    }

    [Fact]
    public async Task Replaced_BySameName_IsToldAsDeletedAndAdded()
    {
        await CreateAsync("a");
        await StartAsync();
        _expire = true;
        _api.EndWatches();
        await _api.DeleteAsync(Kinds.ConfigMaps, "ns", "a", null, _stop.Token);
        await CreateAsync("a");

        await Eventually.TrueAsync(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return _seen.Count == 3;
        }, _stop.Token);
        Assert.Equal(["add a", "delete a", "add a"], _seen);
    }

    [Fact]
    public async Task Index_ObjectsComeAndGo_FollowsThem()
    {
        var byColor = _informer.Cache.AddIndex(map => map.Metadata.Labels?.TryGetValue("color", out var color) == true ? [color] : []);
        await StartAsync();
        await CreateAsync("a", "red");
        await CreateAsync("b", "red");
        await Eventually.TrueAsync(() => byColor.Count("red") == 2, _stop.Token);
        _api.Change(Kinds.ConfigMaps, "ns", "a", map => map.Metadata.Labels["color"] = "blue");

        await Eventually.TrueAsync(() => byColor.Count("blue") == 1, _stop.Token);
        Assert.Equal("b", Assert.Single(byColor.Get("red")).Metadata.Name);
        Assert.Equal(2, _informer.Cache.ByNamespace.Count("ns"));
    }

    [Fact]
    public async Task Revision_OwnWriteSeen_IsReached()
    {
        await StartAsync();
        var written = await CreateAsync("a");

        await Eventually.TrueAsync(() => _informer.Revision >= Revisions.Of(written), _stop.Token);
        Assert.NotNull(_informer.Cache.Get("ns", "a"));
    }

    private bool _expire;
    private int Lists => _lists;
    private int _lists;

    private async Task StartAsync()
    {
        _api.Fault = (verb, _, _) =>
        {
            if (verb == "list") _lists++;
            if (verb != "watch" || !_expire) return;
            _expire = false;
            throw ApiErrors.Expired("too old resource version");
        };
        _running = _informer.RunAsync(_stop.Token);
        await _informer.HasSynced.WaitAsync(_stop.Token);
    }

    private Task<V1ConfigMap> CreateAsync(string name, string? color = null)
    {
        var map = Kinds.ConfigMaps.New("ns", name);
        if (color is not null) map.Metadata.Labels = new Dictionary<string, string> { ["color"] = color };
        return _api.CreateAsync(Kinds.ConfigMaps, map, _stop.Token);
    }

    private async Task SeenAsync(params string[] expected)
    {
        await Eventually.TrueAsync(() => _seen.Count >= expected.Length, _stop.Token, () => string.Join(", ", _seen));
        Assert.Equal(expected, _seen);
    }
}
