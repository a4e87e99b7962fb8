using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace Coxswain.Store.Sqlite;

/// <summary>
/// SQLite's log file, handled so that durable commits are quick. SQLite writes it (<c>synchronous=NORMAL</c>: in order, not yet durable); this makes what
/// was committed durable, marks how far that is, keeps room ahead, and copies the log into the database at moments that no caller waits for. Belongs to the writer.
/// </summary>
/// <remarks>
/// Zeros are written ahead because a file that does not grow has nothing to tell its file system's journal: the flush is one write of data, whatever
/// other programs have in that journal. SQLite takes zeros for the end of the log. <see cref="LogCheck"/> relies on three orders: (1) no transaction is written
/// before the one before it is on the disk; (2) the mark says no more than what is on the disk; (3) before SQLite may begin the log anew, the mark on the disk says that
/// the old one is not needed.
/// </remarks>
internal sealed partial class WriteAheadLog : IDisposable
{
    private const int RoomStep = 1 << 20, RoomAhead = 256 << 10, KeptWhenIdle = 2 * RoomStep;
    private const int CopyWhenIdle = 4000, CopyAtLatest = 8000; // frames
    private const int JustLook = -1; // SQLITE_CHECKPOINT_NOOP: says how long the log is
    private const int InterruptedCall = 4; // EINTR
    private static readonly byte[] Zeros = new byte[RoomStep];

    private readonly SqliteConnection _connection;
    private readonly Action? _flushing;
    private readonly SafeFileHandle _file;
    private readonly MarkFile _mark;
    private readonly byte[] _frameHeader = new byte[LogScan.FrameHeaderBytes];
    private long _length; // of the file
    private int _frames; // in use
    private bool _leftovers; // of a transaction that came to nothing, behind the frames in use
    private IOException? _broken; // a flush failed

    /// <summary>Takes the log over: what is in it is in the database afterwards, and the database says that a log belongs to it.</summary>
    /// <param name="path">The database's. It has been read from, so that its log exists.</param>
    /// <param name="revision">The newest one.</param>
    /// <param name="flushing">For tests: called before each flush.</param>
    public WriteAheadLog(SqliteConnection connection, string path, long revision, Action? flushing)
    {
        (_connection, _flushing) = (connection, flushing);
        _file = File.OpenHandle(LogCheck.LogOf(path), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            _length = RandomAccess.GetLength(_file);
            _frames = Checkpoint(JustLook);
            _leftovers = _length > 0; // of a transaction that was cut off: SQLite goes on over them, in this log still
            _mark = new MarkFile(path, _frames > 0 ? MarkAt(_frames, revision) : LogMark.NoLog(revision)); // there before the database asks for it
            Declare(DatabaseFormat.InUse);
            MakeRoom();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether everything is in the database.</summary>
    public bool IsEmpty => _frames == 0;

    /// <summary>A flush has failed: nothing may be written any more.</summary>
    public bool IsBroken => _broken is not null;

    /// <summary>To be called before each transaction.</summary>
    /// <exception cref="IOException">Nothing may be written now.</exception>
    public void Prepare()
    {
        if (!_leftovers) return;
        // Else, after a power loss, they could pass for a transaction behind the next one.
        for (var offset = LogScan.OffsetOf(_frames + 1); offset < RandomAccess.GetLength(_file); offset += RoomStep)
        {
            RandomAccess.Write(_file, Zeros.AsSpan(0, (int)Math.Min(RoomStep, RandomAccess.GetLength(_file) - offset)), offset);
        }
        Flush();
        _leftovers = false;
    }

    /// <summary>The transaction failed and was rolled back. What it wrote into the log lies there still.</summary>
    public void Failed() => _leftovers = true;

    /// <summary>Whatever has been committed is on disk afterwards, and marked.</summary>
    /// <param name="revision">The newest one.</param>
    /// <exception cref="IOException">It may be there or not; nothing more may be written before the file has been read anew.</exception>
    public void Flush(long revision)
    {
        Flush();
        _frames = Checkpoint(JustLook);
        if (_frames == 0) return;
        try { _mark.Write(MarkAt(_frames, revision)); }
        catch (IOException) { } // a mark that is behind tells less, and nothing wrong
    }

    /// <summary>The mark is on disk, too.</summary>
    public void FlushMark() => OrBreak(_mark.Flush);

    /// <summary>To be called between batches, when their callers have been told.</summary>
    /// <param name="idle">Whether nobody waits now.</param>
    /// <exception cref="SqliteException">The log could not be copied; it goes on growing.</exception>
    public void Tend(bool idle)
    {
        if (_frames >= (idle ? CopyWhenIdle : CopyAtLatest)) Copy();
        MakeRoom();
    }

    /// <summary>Copies the log into the database, on the disk, and gives back room. SQLite begins the log anew with the next write.</summary>
    /// <exception cref="SqliteException">The log could not be copied; it goes on growing.</exception>
    public void Empty()
    {
        Copy();
        if (_frames > 0 || _length <= KeptWhenIdle) return;
        RandomAccess.SetLength(_file, RoomStep); // all of its frames are in the database: SQLite reads none of them any more
        _length = RoomStep;
    }

    /// <summary>Does what a write needs, and changes nothing: there is room, the disk takes bytes and flushes them.</summary>
    /// <exception cref="IOException">A write would fail.</exception>
    public void Probe()
    {
        Prepare();
        EnsureRoom();
        RandomAccess.Write(_file, Zeros.AsSpan(0, 1), _length - 1); // a zero that is one already
        Flush();
    }

    /// <summary>Everything is in the database, which says that it needs no log.</summary>
    public void Close() => Declare(DatabaseFormat.Closed);

    public void Dispose()
    {
        _mark?.Dispose();
        _file.Dispose();
    }

    // Through the log, as all is, and then out of it: the database must say so by itself.
    private void Declare(int version)
    {
        Prepare();
        Connections.Execute(_connection, $"PRAGMA user_version={version}");
        Copy();
    }

    private void Flush()
    {
        if (_broken is { } broken) throw broken; // a flush that succeeds after one that failed says nothing about what the first one had to do
        OrBreak(() =>
        {
            _flushing?.Invoke();
            while (FlushData(_file) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error != InterruptedCall) throw new IOException($"the log could not be flushed: {Marshal.GetPInvokeErrorMessage(error)}", error);
            }
        });
    }

    private void OrBreak(Action action)
    {
        try { action(); }
        catch (IOException e)
        {
            _broken = e;
            throw;
        }
    }

    private void Copy()
    {
        _frames = Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE, out var all);
        if (_frames > 0 || all == 0) return;
        var copied = MarkAt(all, _mark.Last.Revision) with { Copied = true };
        OrBreak(() =>
        {
            if (copied != _mark.Last) _mark.Write(copied);
            _mark.Flush();
        });
        _leftovers = false; // of an earlier log, from here on
    }

    /// <returns>How many frames the log has; 0 when all of them are in the database, so that SQLite will begin it anew.</returns>
    private int Checkpoint(int mode) => Checkpoint(mode, out _);

    private int Checkpoint(int mode, out int all)
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_wal_checkpoint_v2(_connection.Handle, null, mode, out all, out var copied), _connection.Handle);
        return copied == all ? 0 : all;
    }

    private LogMark MarkAt(int frames, long revision)
    {
        RandomAccess.Read(_file, _frameHeader, LogScan.OffsetOf(frames));
        return new LogMark(revision, LogScan.SaltOf(_frameHeader), frames, LogScan.ChecksumOf(_frameHeader), Copied: false);
    }

    private void MakeRoom()
    {
        try { EnsureRoom(); }
        catch (IOException) { } // a full disk: SQLite will find that out itself, when it must
    }

    private void EnsureRoom()
    {
        var end = LogScan.OffsetOf(_frames + 1);
        if (end + RoomAhead <= _length) return;
        _length = RandomAccess.GetLength(_file); // SQLite may have gone past our zeros
        if (end + RoomAhead > _length) RandomAccess.Write(_file, Zeros, _length);
        _length = RandomAccess.GetLength(_file);
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FlushData(SafeFileHandle file);
}
