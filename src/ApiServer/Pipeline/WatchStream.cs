using Coxswain.Store;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>One watcher's events in order. Read by one reader at a time; dispose when done.</summary>
public sealed class WatchStream : IDisposable
{
    /// <summary>Waits for the next events and returns those at hand; empty when the server ends the watch (shutdown, or after an Error frame).</summary>
    public ValueTask<IReadOnlyList<WatchFrame>> ReadAsync(CancellationToken ct) => throw new NotImplementedException();

    public void Dispose() { }
}
