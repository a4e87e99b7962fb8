using Microsoft.Data.Sqlite;

namespace Coxswain.Store.Sqlite;

/// <summary>
/// Knows whether writes succeed. What the writer tells it is believed for a second; after that, or when the last write failed, it has the writer try the disk,
/// once for all who ask meanwhile.
/// </summary>
internal sealed class HealthCheck(string path, TimeProvider time)
{
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(4);

    private readonly Lock _gate = new(); // held for a moment, never while a probe runs
    private Task<StoreHealth>? _probing;
    private volatile string? _ended;
    private long _succeeded; // timestamp; 0: not yet, or something has failed since

    /// <summary>A write is on disk.</summary>
    public void Succeeded() => Volatile.Write(ref _succeeded, time.GetTimestamp());

    /// <summary>A write failed: the next who asks has the disk tried.</summary>
    public void Failed() => Volatile.Write(ref _succeeded, 0);

    /// <summary>Nothing can be written any more.</summary>
    public void Ended(string reason) => _ended = reason;

    /// <param name="probe">Has the writer try the disk; ends with the exception that a write would end with.</param>
    public async ValueTask<StoreHealth> CheckAsync(Func<Task> probe, CancellationToken ct)
    {
        if (_ended is { } ended) return new StoreHealth(ended);
        if (Volatile.Read(ref _succeeded) is var last and not 0 && time.GetElapsedTime(last) < Believed) return StoreHealth.Well;
        try
        {
            return await Probing(probe).WaitAsync(Patience, time, ct);
        }
        catch (TimeoutException)
        {
            return new StoreHealth($"the disk has not answered for {Patience.TotalSeconds:0} seconds");
        }
    }

    private Task<StoreHealth> Probing(Func<Task> probe)
    {
        lock (_gate) return _probing is { IsCompleted: false } running ? running : _probing = ProbeAsync(probe);
    }

    private async Task<StoreHealth> ProbeAsync(Func<Task> probe)
    {
        try
        {
            await probe();
            Succeeded();
            return StoreHealth.Well;
        }
        catch (Exception e) when (e is StoreUnavailableException or IOException or SqliteException or ObjectDisposedException)
        {
            return new StoreHealth(_ended ?? DiskFailure.Describe(e, path));
        }
    }
}
