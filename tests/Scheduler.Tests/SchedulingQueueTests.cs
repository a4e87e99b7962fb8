using Coxswain.Api;
using Coxswain.TestKit;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;

namespace Coxswain.Scheduler.Tests;

public sealed class SchedulingQueueTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly SchedulingQueue _queue;

    public SchedulingQueueTests() => _queue = new SchedulingQueue(_clock);

    [Fact]
    public void TakeNext_WokenWithinBackoff_ComesAtOnceWhileNothingElseWaits()
    {
        Add("a");
        Refuse("a");
        Assert.Null(_queue.TakeNext());

        Assert.True(_queue.Wake(ClusterEvents.NodeAdded));

        Assert.Equal("a", _queue.TakeNext()?.Uid);
        Assert.Null(_queue.TakeNext());
    }

    [Fact]
    public void TakeNext_RefusedAgainAndAgain_WaitsForAnEventEachTime()
    {
        Add("a");
        for (var i = 1; i <= 1000; i++)
        {
            Assert.Equal(i, Refuse("a").Attempts);
            _queue.MoveDue();
            Assert.Null(_queue.TakeNext()); // nothing has happened: it would be refused again
            Assert.False(_queue.Wake(ClusterEvents.NodeLabels)); // nor does just anything help
            Assert.True(_queue.Wake(ClusterEvents.NodeAdded));
        }
    }

    [Fact]
    public void TakeNext_Failed_WaitsForTheEndOfItsBackoff()
    {
        Add("a");
        _queue.Retry(_queue.TakeNext()!);

        Assert.False(_queue.Wake((ClusterEvents)~0));
        Assert.Equal(_clock.Steady() + TimeSpan.FromSeconds(1), _queue.MoveDue());
        Assert.Null(_queue.TakeNext());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_queue.MoveDue());
        Assert.Equal("a", _queue.TakeNext()?.Uid);
    }

    [Fact]
    public void TakeNext_SeveralInBackoff_TakesThemByItsEnd()
    {
        foreach (var (name, tries) in new[] { ("thrice", 3), ("once", 1), ("twice", 2) })
        {
            Add(name);
            for (var i = 1; i < tries; i++)
            {
                Refuse(name, ClusterEvents.NodeLabels);
                _queue.Wake(ClusterEvents.NodeLabels);
            }
            Refuse(name);
        }
        _queue.Wake(ClusterEvents.NodeAdded); // due in 4, 1 and 2 seconds

        Assert.Equal(["once", "twice", "thrice"], TakeAll());
    }

    [Fact]
    public void TakeNext_BackoffsThatEndInOneSecond_TakesTheMoreImportantFirst()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        Add("low", priority: 1);
        Refuse("low");
        _clock.Advance(TimeSpan.FromMilliseconds(300));
        Add("high", priority: 2);
        Refuse("high");
        _queue.Wake(ClusterEvents.NodeAdded); // one for 1.2 s, the other for 1.5 s: both are let in at 2 s

        Assert.Equal(["high", "low"], TakeAll());
    }

    [Fact]
    public void TakeNext_OthersActive_TakesTheseBeforeAnyInBackoff()
    {
        Add("waits", priority: 10);
        Refuse("waits");
        _queue.Wake(ClusterEvents.NodeAdded);
        Add("new", priority: 0);

        Assert.Equal(["new", "waits"], TakeAll());
    }

    [Fact]
    public void MoveDue_BackoffOver_CountsAsActive()
    {
        Add("waits", priority: 10);
        Refuse("waits");
        _queue.Wake(ClusterEvents.NodeAdded);
        Add("new", priority: 0);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _queue.MoveDue();

        Assert.Equal(["waits", "new"], TakeAll());
    }

    [Fact]
    public void MoveDue_TriedEverySoOften_IsPatientFromTheLastTryOn()
    {
        Add("a");
        Refuse("a");
        _clock.Advance(TimeSpan.FromMinutes(4));
        _queue.Wake(ClusterEvents.NodeAdded);
        Refuse("a");
        var patient = _clock.Steady() + TimeSpan.FromMinutes(5);
        _clock.Advance(TimeSpan.FromMinutes(4));

        Assert.Equal(patient, _queue.MoveDue());
        Assert.Null(_queue.TakeNext());
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(_queue.MoveDue());
        Assert.Equal("a", _queue.TakeNext()?.Uid);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void MoveDue_ClockSetMeanwhile_WaitsForTimeToPass(int hours)
    {
        var wall = new SettableClock(_clock);
        var queue = new SchedulingQueue(wall);
        var pod = Kinds.Pods.New("default", "a");
        (pod.Metadata.Uid, pod.Spec) = ("a", new V1PodSpec { Containers = [new V1Container { Name = "c" }] });
        queue.Set(pod);
        queue.Retry(queue.TakeNext()!);
        wall.Set(TimeSpan.FromHours(hours));

        queue.MoveDue();
        Assert.Null(queue.TakeNext());
        _clock.Advance(TimeSpan.FromSeconds(1));
        queue.MoveDue();
        Assert.Equal("a", queue.TakeNext()?.Uid);
    }

    [Fact]
    public void Remove_InBackoff_IsNotTaken()
    {
        Add("a");
        Refuse("a");
        _queue.Wake(ClusterEvents.NodeAdded);
        _queue.Remove("a");

        Assert.Null(_queue.TakeNext());
        Assert.Null(_queue.MoveDue());
    }

    private void Add(string name, int priority = 0)
    {
        var pod = Kinds.Pods.New("default", name);
        pod.Metadata.Uid = name;
        pod.Spec = new V1PodSpec { Priority = priority, Containers = [new V1Container { Name = "c" }] };
        _queue.Set(pod);
    }

    /// <summary>Takes the next Pod, which is that one, and finds no node for it.</summary>
    private QueuedPod Refuse(string name, ClusterEvents helpedBy = ClusterEvents.NodeAdded)
    {
        var queued = _queue.TakeNext();
        Assert.Equal(name, queued?.Uid);
        _queue.WaitFor(queued!, helpedBy);
        return queued!;
    }

    private List<string> TakeAll()
    {
        var taken = new List<string>();
        while (_queue.TakeNext() is { } queued) taken.Add(queued.Uid);
        return taken;
    }
}
