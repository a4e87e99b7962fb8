namespace Coxswain.Cluster;

/// <summary>
/// Gives memory back once a burst is over. The runtime collects when something is allocated, so a process that falls idle keeps what the burst took; this collects
/// once, when hardly anything has been allocated for some seconds, and once more when the runtime's pools let go of what they kept.
/// </summary>
/// <remarks>Asleep while the process is idle: what wakes it is a collection that the runtime made by itself (<see cref="Wake"/>).</remarks>
public sealed class MemoryTrim : IDisposable
{
    private const long Burst = 32 << 20, Calm = 2 << 20; // bytes allocated: worth a trim; so few in a look's time that nobody is held up by it
    /// <summary>Between two looks.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    /// <summary>The runtime's array pools drop at a collection what was not used for half a minute.</summary>
    public static readonly TimeSpan PoolAge = TimeSpan.FromSeconds(35);

    private readonly Lock _lock = new();
    private readonly Func<long> _allocated;
    private readonly Action _trim;
    private readonly ITimer _timer;
    private bool _awake, _again, _disposed;
    private long _seen; // allocated at the last look
    private long _trimmed; // allocated at the last trim

    /// <param name="allocated">Bytes allocated since the process began.</param>
    /// <param name="trim">Collects everything and gives it back.</param>
    public MemoryTrim(TimeProvider time, Func<long> allocated, Action trim)
    {
        (_allocated, _trim) = (allocated, trim);
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Calls <see cref="Wake"/> after each collection from now on.</summary>
    public void FollowCollector() => _ = new Canary(this);

    /// <summary>Something was collected: soon there may be something to give back.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            if (_awake || _disposed) return;
            _awake = true;
            LookIn(Look);
        }
    }

    public void Dispose()
    {
        lock (_lock) _disposed = true;
        _timer.Dispose();
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            if (_disposed) return;
            var allocated = _allocated();
            var burst = allocated - _trimmed > Burst;
            if (!burst && !_again)
            {
                _awake = false;
            }
            else if (allocated - _seen > Calm)
            {
                LookIn(Look); // busy
            }
            else
            {
                _trim();
                _trimmed = _allocated();
                _awake = _again = burst;
                if (_again) LookIn(PoolAge);
            }
        }
    }

    private void LookIn(TimeSpan delay)
    {
        _seen = _allocated();
        _timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Garbage from the start: its finalizer runs after the next collection, and puts another in its place.</summary>
    private sealed class Canary(MemoryTrim trim)
    {
        ~Canary()
        {
            if (trim._disposed) return;
            trim.Wake();
            trim.FollowCollector();
        }
    }
}
