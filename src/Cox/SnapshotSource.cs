using System.Runtime.CompilerServices;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Client;
using Coxswain.Store;

namespace Coxswain;

/// <summary>Where the objects of a snapshot come from.</summary>
internal abstract class SnapshotSource : IAsyncDisposable
{
    public abstract SnapshotHeader Header { get; }

    /// <summary>The oldest revision first. Ends only when nothing is missing.</summary>
    public abstract IAsyncEnumerable<StoredValue> ValuesAsync(CancellationToken ct);

    public abstract ValueTask DisposeAsync();

    /// <summary>A server's answer.</summary>
    public sealed class Streamed(SnapshotReader reader, Stream body, HttpApiClient client) : SnapshotSource
    {
        public override SnapshotHeader Header => reader.Header;

        public override async IAsyncEnumerable<StoredValue> ValuesAsync([EnumeratorCancellation] CancellationToken ct)
        {
            while (await reader.NextAsync(ct) is { } record)
            {
                if (record is StoredValue value) yield return value;
            }
        }

        public override async ValueTask DisposeAsync()
        {
            reader.Dispose();
            await body.DisposeAsync();
            client.Dispose();
        }
    }

    /// <summary>A store that no server has open.</summary>
    public sealed class Stored(SnapshotHeader header, IStore store, IDisposable held) : SnapshotSource
    {
        public override SnapshotHeader Header => header;

        public override async IAsyncEnumerable<StoredValue> ValuesAsync([EnumeratorCancellation] CancellationToken ct)
        {
            await Task.CompletedTask; // all of it is in memory
            foreach (var value in StoredSnapshot.InOrder(store.Range("/")!))
            {
                ct.ThrowIfCancellationRequested();
                yield return value;
            }
        }

        public override async ValueTask DisposeAsync()
        {
            await store.DisposeAsync();
            held.Dispose();
        }
    }
}
