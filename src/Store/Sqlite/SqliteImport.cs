using Coxswain.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace Coxswain.Store;

/// <summary>Makes a store of values that come from elsewhere, and looks into one that is not to be opened.</summary>
public static class SqliteImport
{
    private const int AtOnce = 512; // fewer than the writer queues, so that they stay in order

    /// <summary>
    /// Fills a new file. Each value gets a revision of its own, in the order they come: none that was ever given out before.
    /// </summary>
    /// <param name="path">Nothing may be there.</param>
    /// <param name="after">The first value gets the revision after this one.</param>
    /// <param name="propose">The value without its old revision in it.</param>
    /// <returns>The newest revision.</returns>
    public static async Task<long> FillAsync(
        string path, IAsyncEnumerable<StoredValue> values, long after, Func<StoredValue, Proposal> propose, CancellationToken ct)
    {
        await using var store = await SqliteStore.OpenAsync(path, new SqliteStoreOptions { FirstRevision = after, HistoryEvents = 1 }, ct: ct);
        var writing = new List<Task<WriteResult>>(AtOnce);
        await foreach (var value in values.WithCancellation(ct))
        {
            writing.Add(store.WriteAsync(propose(value), ct).AsTask());
            if (writing.Count == AtOnce) await FinishAsync(writing);
        }
        await FinishAsync(writing);
        return store.Revision;
    }

    /// <summary>The newest revision that a file which nobody has open is known to have given out, without touching it.</summary>
    /// <returns>Null when nothing of it can be read.</returns>
    public static long? NewestRevision(string path) =>
        MarkFile.Read(path) is { Revision: var marked } ? Math.Max(marked, InDatabase(path) ?? 0) : InDatabase(path);

    private static long? InDatabase(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var source = new SqliteConnectionStringBuilder
            {
                DataSource = $"file:{Uri.EscapeDataString(path)}?immutable=1", Mode = SqliteOpenMode.ReadOnly, Pooling = false,
            };
            using var connection = new SqliteConnection(source.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT coalesce(max(revision), 0) FROM log";
            return command.ExecuteScalar() as long?;
        }
        catch (SqliteException) { return null; } // damaged, or somebody else's
    }

    private static async Task FinishAsync(List<Task<WriteResult>> writing)
    {
        foreach (var result in await Task.WhenAll(writing))
        {
            if (!result.Succeeded) throw new SnapshotException($"is damaged: key {result.Value?.Key} is in it twice");
        }
        writing.Clear();
    }
}
