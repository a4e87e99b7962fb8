using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Coxswain.Node.Runtime;

/// <summary>Hands events to any number of watchers. A watcher that falls behind loses events and is told to resync.</summary>
internal sealed class SimulatedEvents
{
    private const int Backlog = 1024;
    private readonly Lock _lock = new();
    private readonly List<Watcher> _watchers = [];

    public void Publish(RuntimeEvent e)
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers)
                if (!watcher.Channel.Writer.TryWrite(e)) watcher.Missed = true;
        }
    }

    public async IAsyncEnumerable<RuntimeEvent> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var watcher = new Watcher();
        lock (_lock) _watchers.Add(watcher);
        try
        {
            yield return new RuntimeEvent(RuntimeEventType.Resync, "", null);
            while (await watcher.Channel.Reader.WaitToReadAsync(ct))
            {
                while (watcher.Channel.Reader.TryRead(out var e)) yield return e;
                if (watcher.TakeMissed()) yield return new RuntimeEvent(RuntimeEventType.Resync, "", null);
            }
        }
        finally
        {
            lock (_lock) _watchers.Remove(watcher);
        }
    }

    public void Complete()
    {
        lock (_lock)
            foreach (var watcher in _watchers) watcher.Channel.Writer.TryComplete();
    }

    private sealed class Watcher
    {
        private int _missed;
        public Channel<RuntimeEvent> Channel { get; } = System.Threading.Channels.Channel.CreateBounded<RuntimeEvent>(Backlog);
        public bool Missed { set => Interlocked.Exchange(ref _missed, value ? 1 : 0); }
        public bool TakeMissed() => Interlocked.Exchange(ref _missed, 0) == 1;
    }
}
