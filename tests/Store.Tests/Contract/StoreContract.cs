using System.Text;

namespace Coxswain.Store.Tests.Contract;

/// <summary>What every store must do. One subclass a store; the rules are spread over one partial file a theme.</summary>
public abstract partial class StoreContract : IAsyncDisposable
{
    private readonly List<IStore> _opened = [];

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract ValueTask<IStore> OpenAsync(StoreOptions options);

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _opened) await store.DisposeAsync();
        Clean();
        GC.SuppressFinalize(this);
    }

    protected virtual void Clean() { }

    private protected async Task<IStore> NewStoreAsync(StoreOptions? options = null)
    {
        var store = await OpenAsync(options ?? new StoreOptions());
        _opened.Add(store);
        return store;
    }

    private protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private protected static string Text(StoredValue? value) => Encoding.UTF8.GetString(value!.Bytes.Span);

    private protected static ValueTask<WriteResult> Create(IStore store, string key, string value = "v") =>
        store.WriteAsync(new Proposal(WriteKind.Create, key, Bytes(value)), Ct);

    private protected static ValueTask<WriteResult> Update(IStore store, string key, string value, long expected = 0) =>
        store.WriteAsync(new Proposal(WriteKind.Update, key, Bytes(value), ExpectedRevision: expected), Ct);

    private protected static ValueTask<WriteResult> Delete(IStore store, string key, long expected = 0) =>
        store.WriteAsync(new Proposal(WriteKind.Delete, key, default, ExpectedRevision: expected), Ct);

    private protected static IEnumerable<string> Keys(RangeResult? range) => range!.Values.Select(v => v.Key);

    /// <summary>Reads until an event of this revision (or a later one) has come.</summary>
    private protected static async Task<List<FeedEvent>> ReadToAsync(IFeed feed, long revision)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        var events = new List<FeedEvent>();
        while (events.Count == 0 || events[^1].Revision < revision)
        {
            var read = await feed.ReadAsync(bound.Token);
            Assert.NotEmpty(read);
            events.AddRange(read);
        }
        return events;
    }
}
