using Coxswain.Store;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>A store whose disk fails while there is a reason.</summary>
internal sealed class FailingStore : IStore
{
    private readonly MemoryStore _inner = new();

    /// <summary>Null: all is well.</summary>
    public string? Reason { get; set; }

    public long Revision => _inner.Revision;
    public long OldestRevision => _inner.OldestRevision;

    public ValueTask<WriteResult> WriteAsync(Proposal proposal, CancellationToken ct) =>
        Reason is { } reason && !proposal.Key.StartsWith("/registry/namespaces/", StringComparison.Ordinal) ? throw new StoreUnavailableException($"the write could not be made durable: {reason}") : _inner.WriteAsync(proposal, ct);

    public StoredValue? Get(string key) => _inner.Get(key);
    public RangeResult? Range(string prefix, string? after = null, int limit = 0, long revision = 0) => _inner.Range(prefix, after, limit, revision);
    public int Count(string prefix) => _inner.Count(prefix);
    public IFeed Subscribe(string prefix, long fromRevision) => _inner.Subscribe(prefix, fromRevision);
    public ValueTask CompactAsync(long revision, CancellationToken ct) => _inner.CompactAsync(revision, ct);
    public ValueTask<StoreHealth> CheckHealthAsync(CancellationToken ct) => ValueTask.FromResult(new StoreHealth(Reason));
    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
