using Coxswain.Store.Core;
using Coxswain.Store.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Store;

/// <summary>
/// The embedded store: a log in one SQLite file (mode 0600), read into memory at start. An acknowledged write is on disk;
/// reads and feeds never touch SQL. One process at a time.
/// </summary>
public sealed class SqliteStore : IStore
{
    private readonly StoreCore _core;
    private readonly SqliteWriter _writer;

    private SqliteStore(StoreCore core, SqliteWriter writer)
    {
        (_core, _writer) = (core, writer);
        writer.Start();
    }

    public long Revision => _core.Revision;
    public long OldestRevision => _core.OldestRevision;

    /// <summary>What was lost when the store was opened with <see cref="SqliteStoreOptions.AcceptDataLoss"/>; null when the files were sound.</summary>
    public DataLoss? Loss { get; private init; }

    /// <summary>
    /// All files of a store: the database, and what may lie beside it. To be kept, moved or removed together, while no process has the store open.
    /// A database that was closed in order is whole by itself.
    /// </summary>
    public static IReadOnlyList<string> FilesOf(string path) => [path, LogCheck.LogOf(path), MarkFile.PathOf(path), path + ".lock"];

    /// <summary>Opens the file, or makes it where there is none. History starts at its newest revision: feeds and past ranges reach back no further.</summary>
    /// <exception cref="StoreOpenException">The file is in use, foreign, damaged or out of reach; it was not changed.</exception>
    public static Task<SqliteStore> OpenAsync(string path, SqliteStoreOptions? options = null, TimeProvider? time = null, ILogger<SqliteStore>? logger = null, CancellationToken ct = default) =>
        Task.Run(() => Open(Path.GetFullPath(path), options ?? new SqliteStoreOptions(), time ?? TimeProvider.System, logger ?? NullLogger<SqliteStore>.Instance, ct), ct);

    public async ValueTask<WriteResult> WriteAsync(Proposal proposal, CancellationToken ct)
    {
        proposal.Check();
        return await _writer.AskAsync(new WriteRequest(proposal, command: null, ct));
    }

    public StoredValue? Get(string key) => _core.Get(key);

    public RangeResult? Range(string prefix, string? after = null, int limit = 0, long revision = 0) => _core.Range(prefix, after, limit, revision);

    public int Count(string prefix) => _core.Count(prefix);

    public IFeed Subscribe(string prefix, long fromRevision) => _core.Subscribe(prefix, fromRevision);

    /// <summary>Done when the history is gone from memory; from the disk it goes bit by bit, whenever the writer has nothing else to do.</summary>
    public async ValueTask CompactAsync(long revision, CancellationToken ct) => await RunOnWriterAsync(() =>
    {
        _core.Forget(revision);
        _writer.Trimmer.Compact(Math.Min(revision, _core.Revision));
    }, ct);

    public ValueTask<StoreHealth> CheckHealthAsync(CancellationToken ct) => _writer.CheckHealthAsync(ct);

    /// <summary>Writes that were taken on are still committed; then the file is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _core.Close();
    }

    /// <summary>For tests: runs SQL between two batches.</summary>
    internal ValueTask ExecuteAsync(string sql, CancellationToken ct) => RunOnWriterAsync(() => _writer.Execute(sql), ct);

    private async ValueTask RunOnWriterAsync(Action command, CancellationToken ct) => await _writer.AskAsync(new WriteRequest(proposal: null, command, ct));

    private static SqliteStore Open(string path, SqliteStoreOptions options, TimeProvider time, ILogger logger, CancellationToken ct)
    {
        try
        {
            try
            {
                return OpenSound(path, options, time, logger, null, ct);
            }
            catch (StoreOpenException e) when (e.IsDamage && options.AcceptDataLoss)
            {
                return OpenSound(path, options, time, logger, Salvage.Run(path, time), ct);
            }
        }
        catch (SqliteException e)
        {
            throw OpenFailure.Explain(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OpenFailure.Unreachable(path, e);
        }
    }

    private static SqliteStore OpenSound(string path, SqliteStoreOptions options, TimeProvider time, ILogger logger, DataLoss? loss, CancellationToken ct)
    {
        var file = SqliteFile.Open(path);
        try
        {
            var (tree, revision, liveBytes) = SqliteLoader.Load(path, file.Connection, ct);
            if (file.Mark is { } mark && revision < mark.Revision)
            {
                throw OpenFailure.Damaged(path, $"its newest revision is {revision}, but writes up to {mark.Revision} were acknowledged");
            }
            var log = file.Accept(revision, options.Flushing);
            var core = new StoreCore(options, tree, Math.Max(revision, options.FirstRevision));
            return new SqliteStore(core, new SqliteWriter(file, log, options, time, core, liveBytes, logger)) { Loss = loss };
        }
        catch
        {
            file.Reject();
            throw;
        }
    }
}
