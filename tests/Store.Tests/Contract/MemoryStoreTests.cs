namespace Coxswain.Store.Tests.Contract;

public sealed class MemoryStoreTests : StoreContract
{
    protected override ValueTask<IStore> OpenAsync(StoreOptions options) => ValueTask.FromResult<IStore>(new MemoryStore(options));
}
