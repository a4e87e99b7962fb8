using Coxswain.Cluster;
using Microsoft.Extensions.Time.Testing;

namespace Coxswain.Testing.Tests;

public sealed class MemoryTrimTests : IDisposable
{
    private const long Little = 1 << 20, Burst = 100 << 20;

    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryTrim _memory;
    private long _allocated;
    private int _trims;

    public MemoryTrimTests() => _memory = new MemoryTrim(_clock, () => _allocated, () => _trims++);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void AfterABurst_TrimsOnceItIsQuiet_AndOnceMoreForThePools()
    {
        _allocated = Burst;
        _memory.Wake();
        Assert.Equal(0, _trims);
        _clock.Advance(MemoryTrim.Look);
        Assert.Equal(1, _trims);
        _clock.Advance(MemoryTrim.PoolAge);
        Assert.Equal(2, _trims);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(2, _trims);
    }

    [Fact]
    public void WhileBusy_Waits()
    {
        _memory.Wake();
        for (var i = 0; i < 20; i++)
        {
            _allocated += Burst;
            _clock.Advance(MemoryTrim.Look);
            Assert.Equal(0, _trims);
        }
        _allocated += Little; // an idle cluster does a little all the time
        _clock.Advance(MemoryTrim.Look);
        Assert.Equal(1, _trims);
    }

    [Fact]
    public void AfterLittle_SleepsUntilItIsWokenAgain()
    {
        _allocated = Little;
        _memory.Wake();
        _clock.Advance(MemoryTrim.Look);
        _allocated = Burst;
        _clock.Advance(TimeSpan.FromDays(1)); // nothing was collected since: nobody looks
        Assert.Equal(0, _trims);
        _memory.Wake();
        _clock.Advance(MemoryTrim.Look);
        Assert.Equal(1, _trims);
    }

    [Fact]
    public void BurstWhileThePoolsAge_IsTrimmedAsAnyOther()
    {
        _allocated = Burst;
        _memory.Wake();
        _clock.Advance(MemoryTrim.Look);
        _allocated += Burst;
        _memory.Wake(); // awake already
        _clock.Advance(MemoryTrim.PoolAge); // busy
        Assert.Equal(1, _trims);
        _clock.Advance(MemoryTrim.Look);
        Assert.Equal(2, _trims);
        _clock.Advance(MemoryTrim.PoolAge);
        Assert.Equal(3, _trims);
    }

    /// <summary>The runtime's own collections wake it, each of them.</summary>
    [Fact]
    public async Task FollowCollector_AfterEachCollection_Wakes()
    {
        _memory.FollowCollector();
        for (var round = 1; round <= 3; round++)
        {
            _allocated += Burst;
            await TestKit.Eventually.TrueAsync(() =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                _clock.Advance(MemoryTrim.Look);
                return _trims >= round;
            }, TestContext.Current.CancellationToken);
        }
    }
}
