using Coxswain.Api;

namespace Coxswain.Client;

/// <summary>
/// Keys to be worked on, each at most once at a time. A key added while it waits is not added again; one added while it is in hand comes back after
/// <see cref="Done"/>. So no change is lost, and no key is in two hands.
/// </summary>
/// <remarks>The number of distinct keys bounds the queue.</remarks>
public sealed class WorkQueue<TKey> : IDisposable where TKey : struct, IEquatable<TKey>
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;

    private readonly TimeProvider _time;
    private readonly TimeSpan _minBackoff;
    private readonly TimeSpan _maxBackoff;
    private readonly ITimer _timer;
    private readonly SemaphoreSlim _available = new(0);

    private readonly Lock _lock = new(); // guards all below
    private readonly Queue<TKey> _queue = new(); // each is in _dirty and not in _processing
    private readonly HashSet<TKey> _dirty = []; // needs work: waiting, or added again while in hand
    private readonly HashSet<TKey> _processing = [];
    private readonly PriorityQueue<TKey, TimeSpan> _later = new(); // an entry counts only while _due agrees with it
    private readonly Dictionary<TKey, TimeSpan> _due = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private TimeSpan? _armed;
    private bool _shutDown;

    /// <param name="minBackoff">The first wait of <see cref="AddRateLimited"/>; 5 ms unless given.</param>
    /// <param name="maxBackoff">The longest; 1000 s unless given.</param>
    public WorkQueue(TimeProvider time, TimeSpan? minBackoff = null, TimeSpan? maxBackoff = null)
    {
        _time = time;
        _minBackoff = minBackoff ?? TimeSpan.FromMilliseconds(5);
        _maxBackoff = maxBackoff ?? TimeSpan.FromSeconds(1000);
        _timer = time.CreateTimer(_ => MoveDue(), null, Never, Never);
    }

    /// <summary>How many keys wait to be taken.</summary>
    public int Count
    {
        get { lock (_lock) return _queue.Count; }
    }

    /// <summary>Nothing waits and nothing is in hand (keys due later do not count).</summary>
    public bool IsIdle
    {
        get { lock (_lock) return _dirty.Count == 0 && _processing.Count == 0; }
    }

    public void Add(TKey key)
    {
        lock (_lock) AddLocked(key);
    }

    /// <summary>Adds the key once <paramref name="delay"/> has passed; of several pending delays for a key the earliest counts.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        lock (_lock)
        {
            if (_shutDown) return;
            if (delay <= TimeSpan.Zero)
            {
                AddLocked(key);
                return;
            }
            var due = _time.Steady() + delay;
            if (_due.TryGetValue(key, out var known) && known <= due) return;
            _due[key] = due;
            _later.Enqueue(key, due);
            Arm();
        }
    }

    /// <summary>Adds the key after a wait that doubles with each failure since the last <see cref="Forget"/>.</summary>
    public void AddRateLimited(TKey key)
    {
        int failures;
        lock (_lock)
        {
            failures = _failures.GetValueOrDefault(key);
            _failures[key] = failures + 1;
        }
        var delay = _minBackoff.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 40));
        AddAfter(key, TimeSpan.FromMilliseconds(Math.Min(delay, _maxBackoff.TotalMilliseconds)));
    }

    /// <summary>How often <see cref="AddRateLimited"/> was called since <see cref="Forget"/>.</summary>
    public int Failures(TKey key)
    {
        lock (_lock) return _failures.GetValueOrDefault(key);
    }

    public void Forget(TKey key)
    {
        lock (_lock) _failures.Remove(key);
    }

    /// <summary>The next key, which is then in the caller's hand until <see cref="Done"/>; null once the queue is shut down or <paramref name="ct"/> is cancelled.</summary>
    public async ValueTask<TKey?> TakeAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await _available.WaitAsync(ct);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            lock (_lock)
            {
                if (_shutDown)
                {
                    _available.Release(); // the next waiter must see it too
                    return null;
                }
                if (!_queue.TryDequeue(out var key)) continue;
                _dirty.Remove(key);
                _processing.Add(key);
                return key;
            }
        }
    }

    /// <summary>Gives a taken key back; it waits again if it was added meanwhile.</summary>
    public void Done(TKey key)
    {
        lock (_lock)
        {
            _processing.Remove(key);
            if (_dirty.Contains(key)) Enqueue(key);
        }
    }

    /// <summary>Takes nothing more in and hands nothing more out.</summary>
    public void ShutDown()
    {
        lock (_lock)
        {
            if (_shutDown) return;
            _shutDown = true;
            _queue.Clear();
            _available.Release();
        }
    }

    public void Dispose()
    {
        ShutDown();
        _timer.Dispose();
    }

    private void AddLocked(TKey key)
    {
        if (_shutDown || !_dirty.Add(key)) return;
        if (!_processing.Contains(key)) Enqueue(key);
    }

    private void Enqueue(TKey key)
    {
        if (_shutDown) return;
        _queue.Enqueue(key);
        _available.Release();
    }

    private void MoveDue()
    {
        lock (_lock)
        {
            _armed = null;
            var now = _time.Steady();
            while (_later.TryPeek(out var key, out var due) && (due <= now || !IsCurrent(key, due)))
            {
                _later.Dequeue();
                if (!IsCurrent(key, due)) continue;
                _due.Remove(key);
                AddLocked(key);
            }
            if (!_shutDown) Arm();
        }
    }

    private bool IsCurrent(TKey key, TimeSpan due) => _due.TryGetValue(key, out var current) && current == due;

    private void Arm()
    {
        if (!_later.TryPeek(out _, out var due) || (_armed is { } armed && armed <= due)) return;
        _armed = due;
        var wait = due - _time.Steady();
        // Timers count whole milliseconds: round up, or the callback comes too early and finds nothing due.
        _timer.Change(wait > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : TimeSpan.Zero, Never);
    }
}
