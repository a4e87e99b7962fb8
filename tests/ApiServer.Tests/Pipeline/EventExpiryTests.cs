using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Store;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class EventExpiryTests : IAsyncDisposable
{
    private static readonly TimeSpan Ttl = TimeSpan.FromHours(1), Minute = TimeSpan.FromMinutes(1);

    private readonly CoreFixture _fixture = new();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(CoreFixture.Ct);
    private Task _running = Task.CompletedTask;

    private void Start() => _running = new EventExpiry(_fixture.Store, Ttl, _fixture.Clock, NullLogger<EventExpiry>.Instance).RunAsync(_stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _fixture.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Events_OfAnEarlierProcess_EndByTheirOwnTimes_OldestFirst()
    {
        await _fixture.NamespaceAsync("default");
        foreach (var (name, minutes) in ((string, int)[])[("young", 10), ("old", 50), ("dead", 70)]) await CreateAsync(name, minutes);
        await _fixture.Client.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("default", "stays"), CoreFixture.Ct);
        using var gone = _fixture.Store.Subscribe("/registry/", _fixture.Store.Range("/registry/events/")!.Revision);
        Start();
        await AdvanceUntilAsync(gone, "dead", after: 0);
        await AdvanceUntilAsync(gone, "old", after: 10);
        await AdvanceUntilAsync(gone, "young", after: 50);
        Assert.Equal("stays", (await _fixture.Client.GetAsync(Kinds.ConfigMaps, "default", "stays", CoreFixture.Ct)).Metadata.Name);
    }

    [Fact]
    public async Task Event_RepeatedMeanwhile_LivesItsTimeAnew()
    {
        await _fixture.NamespaceAsync("default");
        await CreateAsync("repeated", minutes: 59);
        await _fixture.Client.PatchAsync(Kinds.Events, "default", "repeated", new Client.Patch(Client.PatchType.Merge, "{\"count\":2,\"lastTimestamp\":\"2026-01-01T00:00:00Z\"}"u8.ToArray()), null, CoreFixture.Ct);
        using var gone = _fixture.Store.Subscribe("/registry/events/", _fixture.Store.Range("/registry/events/")!.Revision);
        Start();
        await AdvanceUntilAsync(gone, "repeated", after: 60);
    }

    /// <summary>Two of an earlier process, one that comes meanwhile, and a clock that is set: nothing ends before its time, and all end then.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(-1)]
    public async Task Events_ClockSet_EndInTheirTime(int hours)
    {
        await _fixture.NamespaceAsync("default");
        await CreateAsync("old", minutes: 50);
        await CreateAsync("ended", minutes: 61); // shows that the others have been seen
        using var gone = _fixture.Store.Subscribe("/registry/events/", _fixture.Store.Range("/registry/events/")!.Revision);
        Start();
        await AdvanceUntilAsync(gone, "ended", after: 0);
        _fixture.Clock.Set(TimeSpan.FromHours(hours));
        var created = gone.ReadAsync(CoreFixture.Ct);
        await CreateAsync("new", minutes: 0);
        Assert.Equal("/registry/events/default/new", Assert.Single(await created).Value.Key);

        await AdvanceUntilAsync(gone, "old", after: 10);
        await AdvanceUntilAsync(gone, "new", after: 60);
    }

    /// <summary>Nothing ends before its time, and this one at most so much after it as ends together.</summary>
    private async Task AdvanceUntilAsync(IFeed gone, string name, int after)
    {
        var next = NextAsync(gone);
        while (new DateTimeOffset(_fixture.Clock.GetTimestamp(), TimeSpan.Zero) < Begin.AddMinutes(after)) // of the time that passes
        {
            Assert.False(next.IsCompleted, "ended too soon");
            _fixture.Clock.Advance(Minute);
        }
        // The timer may not have been set by then: time goes on until it has.
        for (var i = 0; i < 12_000 && !next.IsCompleted; i++)
        {
            await Task.WhenAny(next, Task.Delay(10, CoreFixture.Ct));
            _fixture.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }
        Assert.True(next.IsCompleted, $"{name} does not end");
        Assert.Equal($"/registry/events/default/{name}", await next);
    }

    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 2, TimeSpan.Zero); // a breath later: one timer may serve several

    private static async Task<string> NextAsync(IFeed feed)
    {
        var batch = await feed.ReadAsync(CoreFixture.Ct);
        var e = Assert.Single(batch);
        Assert.Equal(FeedEventType.Deleted, e.Type);
        return e.Value.Key;
    }

    /// <summary>An Event last seen so many minutes ago.</summary>
    private Task<Corev1Event> CreateAsync(string name, int minutes)
    {
        var value = Kinds.Events.New("default", name);
        value.InvolvedObject = new V1ObjectReference { Kind = "Pod", Name = "p", NamespaceProperty = "default" };
        (value.Reason, value.Message, value.Type, value.Count) = ("Tested", "it is", "Normal", 1);
        value.FirstTimestamp = value.LastTimestamp = _fixture.Clock.GetUtcNow().UtcDateTime - (Minute * minutes);
        return _fixture.Client.CreateAsync(Kinds.Events, value, CoreFixture.Ct);
    }
}
