using Coxswain.Store.Tests.Sqlite;

namespace Coxswain.Store.Tests.Contract;

public sealed class SqliteStoreTests : StoreContract
{
    private readonly List<TemporaryFile> _files = [];

    protected override async ValueTask<IStore> OpenAsync(StoreOptions options)
    {
        _files.Add(new TemporaryFile());
        var own = new SqliteStoreOptions { HistoryEvents = options.HistoryEvents, HistoryBytes = options.HistoryBytes };
        return await SqliteStore.OpenAsync(_files[^1].Path, own, ct: Ct);
    }

    protected override void Clean() => _files.ForEach(f => f.Dispose());
}
