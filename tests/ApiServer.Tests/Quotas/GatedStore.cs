using Coxswain.Store;

namespace Coxswain.ApiServer.Tests.Quotas;

/// <summary>A store whose writes of some keys wait until they are let through: what happens between a request's checks and its commit can be looked at.</summary>
internal sealed class GatedStore(IStore inner, string prefix) : IStore
{
    private TaskCompletionSource _gate = Open();
    private int _waiting;

    /// <summary>Given once for each write that comes to wait.</summary>
    public SemaphoreSlim Arrivals { get; } = new(0);
    public int Waiting => Volatile.Read(ref _waiting);
    public long Revision => inner.Revision;
    public long OldestRevision => inner.OldestRevision;

    public void Close() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="failure">What the writes that wait end with; null lets them happen.</param>
    public void Release(Exception? failure = null)
    {
        if (failure is null) _gate.SetResult();
        else _gate.SetException(failure);
    }

    public async ValueTask<WriteResult> WriteAsync(Proposal proposal, CancellationToken ct)
    {
        if (proposal.Key.StartsWith(prefix, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _waiting);
            Arrivals.Release();
            try { await _gate.Task.WaitAsync(ct); }
            finally { Interlocked.Decrement(ref _waiting); }
        }
        return await inner.WriteAsync(proposal, ct);
    }

    public StoredValue? Get(string key) => inner.Get(key);
    public RangeResult? Range(string prefix, string? after = null, int limit = 0, long revision = 0) => inner.Range(prefix, after, limit, revision);
    public int Count(string prefix) => inner.Count(prefix);
    public IFeed Subscribe(string prefix, long fromRevision) => inner.Subscribe(prefix, fromRevision);
    public ValueTask CompactAsync(long revision, CancellationToken ct) => inner.CompactAsync(revision, ct);
    public ValueTask<StoreHealth> CheckHealthAsync(CancellationToken ct) => inner.CheckHealthAsync(ct);
    public ValueTask DisposeAsync()
    {
        Arrivals.Dispose();
        return inner.DisposeAsync();
    }

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
