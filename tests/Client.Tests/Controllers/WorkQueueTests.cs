using Coxswain.Api;
using Coxswain.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Coxswain.Client.Tests.Controllers;

public sealed class WorkQueueTests : IDisposable
{
    private static readonly NamespacedName A = new("ns", "a");
    private static readonly NamespacedName B = new("ns", "b");

    private readonly FakeTimeProvider _clock = new();
    private readonly WorkQueue<NamespacedName> _queue;

    public WorkQueueTests() => _queue = new WorkQueue<NamespacedName>(_clock);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task Add_Twice_IsTakenOnce()
    {
        _queue.Add(A);
        _queue.Add(A);
        _queue.Add(B);

        Assert.Equal(A, await TakeAsync());
        Assert.Equal(B, await TakeAsync());
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task Add_WhileInHand_ComesBackAfterDone()
    {
        _queue.Add(A);
        await TakeAsync();
        _queue.Add(A);
        Assert.Equal(0, _queue.Count); // never in two hands

        _queue.Done(A);
        Assert.Equal(A, await TakeAsync());
        _queue.Done(A);
        Assert.True(_queue.IsIdle);
    }

    [Fact]
    public async Task AddAfter_TimePassed_IsThereThen()
    {
        _queue.AddAfter(A, TimeSpan.FromSeconds(10));
        _queue.AddAfter(A, TimeSpan.FromSeconds(5)); // the earlier counts
        _queue.AddAfter(A, TimeSpan.FromSeconds(20));
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, _queue.Count);

        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(A, await TakeAsync());
        _queue.Done(A);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _queue.Count);
    }

    /// <summary>The clock is set while keys wait: they wait for time to pass.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void AddAfter_ClockSetMeanwhile_IsThereInItsTime(int hours)
    {
        var clock = new SettableClock(_clock);
        using var queue = new WorkQueue<NamespacedName>(clock);
        queue.AddAfter(A, TimeSpan.FromSeconds(10));
        clock.Set(TimeSpan.FromHours(hours));
        queue.AddAfter(B, TimeSpan.FromSeconds(5));

        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, queue.Count); // B alone
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, queue.Count);
    }

    [Fact]
    public async Task AddRateLimited_FailsAgain_WaitsTwiceAsLong()
    {
        var expected = TimeSpan.FromMilliseconds(5);
        for (var i = 0; i < 5; i++, expected *= 2)
        {
            _queue.AddRateLimited(A);
            _clock.Advance(expected - TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, _queue.Count);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(1, _queue.Count);
            await TakeAsync();
            _queue.Done(A);
        }
        Assert.Equal(5, _queue.Failures(A));
        _queue.Forget(A);
        Assert.Equal(0, _queue.Failures(A));
    }

    [Fact]
    public async Task ShutDown_TakersWaiting_AllGetNull()
    {
        var takers = Enumerable.Range(0, 3).Select(_ => _queue.TakeAsync(TestContext.Current.CancellationToken).AsTask()).ToArray();
        _queue.ShutDown();

        Assert.All(await Task.WhenAll(takers).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), key => Assert.Null(key));
        _queue.Add(A);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task TakeAsync_Cancelled_ReturnsNull()
    {
        using var stop = new CancellationTokenSource();
        var taker = _queue.TakeAsync(stop.Token);
        await stop.CancelAsync();

        Assert.Null(await taker);
    }

    private async Task<NamespacedName?> TakeAsync() => await _queue.TakeAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
}
