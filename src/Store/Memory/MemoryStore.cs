using Coxswain.Store.Core;

namespace Coxswain.Store;

/// <summary>Keeps everything in memory only: for tests and throw-away clusters. A write is done when the call returns.</summary>
public sealed class MemoryStore(StoreOptions? options = null) : IStore
{
    private readonly Lock _writing = new(); // writers only; nothing else is locked under it but a feed's own gate
    private readonly StoreCore _core = new(options ?? new StoreOptions(), KeyTree.Empty, revision: 0);
    private bool _disposed;

    public long Revision => _core.Revision;
    public long OldestRevision => _core.OldestRevision;

    public ValueTask<WriteResult> WriteAsync(Proposal proposal, CancellationToken ct)
    {
        proposal.Check();
        ct.ThrowIfCancellationRequested();
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var batch = _core.Begin();
            var result = batch.Apply(proposal);
            _core.Publish(batch);
            return ValueTask.FromResult(result);
        }
    }

    public StoredValue? Get(string key) => _core.Get(key);

    public RangeResult? Range(string prefix, string? after = null, int limit = 0, long revision = 0) => _core.Range(prefix, after, limit, revision);

    public int Count(string prefix) => _core.Count(prefix);

    public IFeed Subscribe(string prefix, long fromRevision) => _core.Subscribe(prefix, fromRevision);

    public ValueTask CompactAsync(long revision, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_writing) _core.Forget(revision);
        return ValueTask.CompletedTask;
    }

    public ValueTask<StoreHealth> CheckHealthAsync(CancellationToken ct) => ValueTask.FromResult(_disposed ? new StoreHealth("the store is closed") : StoreHealth.Well);

    public ValueTask DisposeAsync()
    {
        lock (_writing) _disposed = true;
        _core.Close();
        return ValueTask.CompletedTask;
    }
}
