using System.Threading.Channels;
using Coxswain.Store.Core;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Coxswain.Store.Sqlite;

/// <summary>
/// The one that writes. Takes what is waiting, up to a bound, and (1) checks it against the newest state, (2) commits it in one transaction and makes that durable,
/// (3) makes it visible, (4) tells the callers. What arrives meanwhile is the next batch: the slower the disk, the larger the batches.
/// </summary>
/// <remarks>Runs on a thread of its own, since SQLite blocks; an idle writer blocks too and costs nothing.</remarks>
internal sealed partial class SqliteWriter(SqliteFile file, WriteAheadLog log, SqliteStoreOptions options, TimeProvider time, StoreCore core, long liveBytes, ILogger logger) : IAsyncDisposable
{
    private const int MaxQueued = 2048, MaxBatch = 1024;
    private const long MaxBatchBytes = 16 << 20;

    // Full: callers wait. Continuations may run inline: the reader's only sets an event, the callers' only waits for the result.
    private readonly Channel<WriteRequest> _queue = Channel.CreateBounded<WriteRequest>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, AllowSynchronousContinuations = true });

    private readonly SqliteJournal _journal = new(file.Connection, time, liveBytes);
    private readonly List<(WriteRequest Request, WriteResult Result)> _checked = [];
    private readonly HealthCheck _health = new(file.Path, time);
    private Batch? _batch;
    private Exception? _failure; // why the writer ended, if it was not asked to
    private readonly WriterTimer _timer = new(time);
    private Task _running = Task.CompletedTask;

    /// <summary>To be used from commands only.</summary>
    public SqliteTrimmer Trimmer => field ??= new SqliteTrimmer(_journal, options, time);

    /// <summary>To be used from commands only.</summary>
    public void Execute(string sql)
    {
        log.Prepare();
        using var statement = _journal.Prepare(sql);
        statement.Run();
        log.Flush(core.Revision);
    }

    public ValueTask<StoreHealth> CheckHealthAsync(CancellationToken ct) =>
        _health.CheckAsync(() => AskAsync(new WriteRequest(proposal: null, log.Probe, CancellationToken.None)).AsTask(), ct);

    /// <summary>Has a request done and waits for it.</summary>
    /// <exception cref="StoreUnavailableException">It could not be done.</exception>
    public async ValueTask<WriteResult> AskAsync(WriteRequest request)
    {
        try
        {
            await _queue.Writer.WriteAsync(request, request.Cancellation);
        }
        catch (ChannelClosedException)
        {
            throw _failure is { } failure ? new StoreUnavailableException("the store's writer has failed", failure) : new ObjectDisposedException(nameof(SqliteStore));
        }
        return await request.Task;
    }

    public void Start()
    {
        _timer.Start(() => _queue.Writer.TryWrite(new WriteRequest(proposal: null, CatchUp, CancellationToken.None)));
        _running = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Commits what is queued, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _running;
    }

    private void Run()
    {
        ThreadPriority.Raise(); // all who write wait for this thread: it should not wait for a processor
        try
        {
            // Waits synchronously: after an await the next batch would run on a pool thread, in the queue behind requests, and SQLite would block that thread.
            while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                WriteWaiting();
                Tidy();
            }
            Close();
        }
        catch (Exception e) // boundary: no caller may wait for a writer that is gone
        {
            LogWriterFailed(e is SqliteException or IOException ? null : e, DiskFailure.Describe(e, file.Path));
            _failure = e;
            _health.Ended($"nothing can be written until the store is opened again: {DiskFailure.Describe(e, file.Path)}");
            _queue.Writer.TryComplete();
            FailBatch(e);
            while (_queue.Reader.TryRead(out var request)) Fail(request, e);
        }
        finally
        {
            _timer.Dispose();
            Trimmer.Dispose();
            _journal.Dispose();
            log.Dispose();
            file.Dispose();
        }
    }

    private void Close()
    {
        try
        {
            log.Close();
            file.ForgetLog();
        }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            LogNotTidied(DiskFailure.Describe(e, file.Path)); // everything is in the log, which stays
        }
    }

    private void WriteWaiting()
    {
        while (_checked.Count < MaxBatch && (_batch?.Bytes ?? 0) < MaxBatchBytes && _queue.Reader.TryRead(out var request))
        {
            if (request.Proposal is { } proposal)
            {
                Check(request, proposal);
            }
            else
            {
                Commit(); // a command keeps its place among the writes
                RunCommand(request);
            }
        }
        Commit();
    }

    private void Check(WriteRequest request, Proposal proposal)
    {
        if (request.Cancellation.IsCancellationRequested)
        {
            request.TrySetCanceled(request.Cancellation);
            return;
        }
        try
        {
            _batch ??= core.Begin();
            _checked.Add((request, _batch.Apply(proposal)));
        }
        catch (Exception e) // boundary: the proposal's own code failed, before anything was changed
        {
            request.TrySetException(e);
        }
    }

    private void Commit()
    {
        if (_batch is not { } batch) return;
        if (batch.Events.Count > 0 && !TryCommit(batch)) return;
        core.Publish(batch);
        foreach (var (request, result) in _checked) request.TrySetResult(result);
        _checked.Clear();
        _batch = null;
    }

    private bool TryCommit(Batch batch)
    {
        options.Committing?.Invoke(batch.Events[0].Revision, batch.Revision);
        try
        {
            log.Prepare();
            _journal.Commit(batch.Events);
        }
        catch (Exception e) when (e is SqliteException or IOException && !log.IsBroken)
        {
            log.Failed();
            _health.Failed();
            LogCommitFailed(batch.Events.Count, DiskFailure.Describe(e, file.Path));
            FailBatch(e);
            return false;
        }
        log.Flush(batch.Revision); // when this fails, nobody can tell what is on disk: the writer ends
        _health.Succeeded();
        _timer.Wrote();
        return true;
    }

    private void FailBatch(Exception cause)
    {
        foreach (var (request, _) in _checked) Fail(request, cause);
        _checked.Clear();
        _batch = null;
    }

    private void Fail(WriteRequest request, Exception cause) =>
        request.TrySetException(new StoreUnavailableException($"the write could not be made durable: {DiskFailure.Describe(cause, file.Path)}", cause));

    private static void RunCommand(WriteRequest request)
    {
        try
        {
            request.Command!();
            request.TrySetResult(default);
        }
        catch (Exception e) // boundary: the caller's own
        {
            request.TrySetException(e);
        }
    }

    private bool Idle => !_queue.Reader.TryPeek(out _);

    private void Tidy() => OrRetryLater(() =>
    {
        while (Idle && Trim()) { }
        log.Tend(Idle);
    });

    private bool Trim()
    {
        log.Prepare();
        if (!Trimmer.Step(core.Revision)) return false;
        log.Flush(core.Revision);
        _timer.Wrote();
        return true;
    }

    // Some time after a write, once: the mark of the last writes is made durable, and once there is a pause the log is copied.
    private void CatchUp() => OrRetryLater(() =>
    {
        if (_timer.Rang()) log.Empty();
        else log.FlushMark();
        if (!log.IsEmpty) _timer.Again();
    });

    private void OrRetryLater(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is SqliteException or IOException && !log.IsBroken)
        {
            log.Failed();
            LogTrimFailed(DiskFailure.Describe(e, file.Path)); // history or the log take more room than they should; the store itself is well
        }
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Error, Message = "A batch of {Count} writes could not be committed; its callers were told: {Reason}")]
    private partial void LogCommitFailed(int count, string reason);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Warning,
        Message = "Old history could not be trimmed, or the log not be copied into the database; will retry after later writes: {Reason}")]
    private partial void LogTrimFailed(string reason);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Warning, Message = "The log could not be copied into the database at the end; the next start will do it: {Reason}")]
    private partial void LogNotTidied(string reason);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Critical,
        Message = "The store's writer failed; nothing can be written until the store is opened again: {Reason}")]
    private partial void LogWriterFailed(Exception? e, string reason);
}
