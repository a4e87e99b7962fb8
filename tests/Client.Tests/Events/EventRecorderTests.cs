using Coxswain.Api;
using Coxswain.TestKit;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Coxswain.Client.Tests.Events;

public sealed class EventRecorderTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
    private readonly FakeApi _api;
    private readonly EventRecorder _recorder;
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Task _running;

    public EventRecorderTests()
    {
        _api = new FakeApi(_clock);
        _recorder = new EventRecorder(_api, "kubelet", "n1", _clock, NullLogger.Instance);
        _running = _recorder.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    [Fact]
    public async Task Record_First_WritesAnEvent()
    {
        _recorder.Warning(Kinds.Pods, Pod("web"), "BackOff", "Back-off restarting");

        var written = Assert.Single(await EventsAsync(1));
        Assert.StartsWith("web.", written.Metadata.Name, StringComparison.Ordinal);
        Assert.Equal(("ns", "Warning", "BackOff", "Back-off restarting", 1), (written.Metadata.NamespaceProperty, written.Type, written.Reason, written.Message, written.Count));
        Assert.Equal(("kubelet", "n1", "kubelet", "n1"), (written.Source.Component, written.Source.Host, written.ReportingComponent, written.ReportingInstance));
        Assert.Equal(("Pod", "v1", "ns", "web", "uid-web"), (written.InvolvedObject.Kind, written.InvolvedObject.ApiVersion, written.InvolvedObject.NamespaceProperty, written.InvolvedObject.Name, written.InvolvedObject.Uid));
        Assert.Equal(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), written.FirstTimestamp);
    }

    [Fact]
    public async Task Record_Again_CountsOnTheSameEvent()
    {
        _recorder.Normal(Kinds.Pods, Pod("web"), "Pulled", "there");
        await EventsAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(28));
        _recorder.Normal(Kinds.Pods, Pod("web"), "Pulled", "there");

        await Eventually.TrueAsync(() => _api.All(Kinds.Events)[0].Count == 2, _stop.Token);
        var written = Assert.Single(_api.All(Kinds.Events));
        Assert.Equal(TimeSpan.FromSeconds(28), written.LastTimestamp - written.FirstTimestamp);
    }

    /// <summary>Tokens that limit noise come back as time passes: an hour back took twelve away, and the next Events with them.</summary>
    [Fact]
    public void Record_ClockSetBack_LosesNoEvent()
    {
        var clock = new SettableClock(_clock);
        var correlator = new EventCorrelator(clock);
        var about = new V1ObjectReference { Kind = "Pod", Name = "p", NamespaceProperty = "ns", Uid = "u" };
        for (var i = 0; i < 20; i++) Assert.NotNull(correlator.Correlate(new EventSource("kubelet", null), about, "Normal", $"Reason{i}", "before"));
        clock.Set(-TimeSpan.FromHours(1));

        for (var i = 0; i < 5; i++) Assert.NotNull(correlator.Correlate(new EventSource("kubelet", null), about, "Normal", $"Reason{i}", "after"));
    }

    /// <summary>Nor does an hour ahead give tokens that no time has earned.</summary>
    [Fact]
    public void Record_ClockSetAhead_LetsNoMoreNoiseThrough()
    {
        var clock = new SettableClock(_clock);
        var correlator = new EventCorrelator(clock);
        var about = new V1ObjectReference { Kind = "Pod", Name = "p", NamespaceProperty = "ns", Uid = "u" };
        for (var i = 0; i < 25; i++) Assert.NotNull(correlator.Correlate(new EventSource("kubelet", null), about, "Normal", $"Reason{i}", "before"));
        clock.Set(TimeSpan.FromHours(1));

        Assert.Null(correlator.Correlate(new EventSource("kubelet", null), about, "Normal", "Reason", "after"));
    }

    [Fact]
    public async Task Record_AgedAwayMeanwhile_WritesItAnewWithItsCount()
    {
        _recorder.Normal(Kinds.Pods, Pod("web"), "Pulled", "there");
        var first = Assert.Single(await EventsAsync(1));
        await _api.DeleteAsync(Kinds.Events, "ns", first.Metadata.Name, null, _stop.Token);
        _recorder.Normal(Kinds.Pods, Pod("web"), "Pulled", "there");

        Assert.Equal(2, Assert.Single(await EventsAsync(1)).Count);
    }

    [Fact]
    public async Task Record_ManyAlike_AreCombined()
    {
        for (var i = 0; i < 15; i++) _recorder.Normal(Kinds.Pods, Pod("web"), "Created", $"number {i}");

        await Eventually.TrueAsync(() => _api.All(Kinds.Events).Any(each => each.Count == 6), _stop.Token);
        Assert.Equal(10, _api.All(Kinds.Events).Count);
        Assert.Equal("(combined from similar events): number 14", _api.All(Kinds.Events).Single(each => each.Count == 6).Message);
    }

    [Fact]
    public async Task Record_Noise_IsDroppedAfterTwentyFiveAndAllowedAgainLater()
    {
        for (var i = 0; i < 40; i++) _recorder.Normal(Kinds.Pods, Pod("web"), "Again", "and again");
        _recorder.Normal(Kinds.Pods, Pod("other"), "Quiet", "once");
        await Eventually.TrueAsync(() => _api.All(Kinds.Events).Count == 2, _stop.Token);
        Assert.Equal(25, _api.All(Kinds.Events).Single(each => each.Reason == "Again").Count);

        _clock.Advance(TimeSpan.FromMinutes(5));
        _recorder.Normal(Kinds.Pods, Pod("web"), "Again", "and again");
        await Eventually.TrueAsync(() => _api.All(Kinds.Events).Single(each => each.Reason == "Again").Count == 41, _stop.Token);
    }

    [Fact]
    public async Task Record_ApiAway_IsWrittenOnceItIsBack()
    {
        var away = true;
        _api.Fault = (_, _, _) =>
        {
            if (away) throw ApiErrors.ServiceUnavailable("not now");
        };
        _recorder.Normal(Kinds.Pods, Pod("web"), "Pulled", "there");
        away = false;

        await Eventually.TrueAsync(() =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(200));
            return _api.All(Kinds.Events).Count == 1;
        }, _stop.Token);
    }

    [Fact]
    public async Task Record_ByTwoInOneMoment_AboutOneObject_WritesBoth()
    {
        var other = new EventRecorder(_api, "default-scheduler", null, _clock, NullLogger.Instance);
        var running = other.RunAsync(_stop.Token);
        _recorder.Normal(Kinds.Pods, Pod("web"), "Pulled", "there");
        other.Normal(Kinds.Pods, Pod("web"), "Scheduled", "here");

        await EventsAsync(2);
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Record_AboutANode_LiesInDefault()
    {
        var node = Kinds.Nodes.New(null, "n1");
        node.Metadata.Uid = "u";
        _recorder.Normal(Kinds.Nodes, node, "Starting", "up");

        Assert.Equal("default", Assert.Single(await EventsAsync(1)).Metadata.NamespaceProperty);
    }

    private async Task<IReadOnlyList<Corev1Event>> EventsAsync(int count)
    {
        await Eventually.TrueAsync(() => _api.All(Kinds.Events).Count == count, _stop.Token);
        return _api.All(Kinds.Events);
    }

    private static V1Pod Pod(string name)
    {
        var pod = Kinds.Pods.New("ns", name);
        pod.Metadata.Uid = $"uid-{name}";
        return pod;
    }
}
