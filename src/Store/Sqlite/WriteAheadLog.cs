using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace Coxswain.Store.Sqlite;

/// <summary>
/// SQLite's log file, handled so that durable commits are quick. SQLite writes it (<c>synchronous=NORMAL</c>: in order, not yet durable); this makes what
/// was committed durable, keeps room ahead, and copies it into the database at moments that no caller waits for. Belongs to the writer.
/// </summary>
/// <remarks>
/// Zeros are written ahead because a file that does not grow has nothing to tell its file system's journal: the flush is one write of data, whatever
/// other programs have in that journal. SQLite takes zeros for the end of the log. The layout is sqlite.org/fileformat.html, section 4.
/// </remarks>
internal sealed partial class WriteAheadLog : IDisposable
{
    private const int HeaderBytes = 32, FrameBytes = 24 + PageBytes, PageBytes = 4096;
    private const int RoomStep = 1 << 20, RoomAhead = 256 << 10;
    private const int CopyWhenIdle = 4000, CopyAtLatest = 8000; // frames
    private const int InterruptedCall = 4; // EINTR
    private static readonly byte[] Zeros = new byte[RoomStep];

    private readonly SqliteConnection _connection;
    private readonly Action? _flushing;
    private readonly SafeFileHandle _file;
    private long _length; // of the file
    private int _frames; // in use
    private IOException? _broken; // a flush failed

    /// <param name="path">The database's. It has been read from, so that its log exists.</param>
    /// <param name="flushing">For tests: called before each flush.</param>
    public WriteAheadLog(SqliteConnection connection, string path, Action? flushing)
    {
        (_connection, _flushing) = (connection, flushing);
        _file = File.OpenHandle(path + "-wal", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _length = RandomAccess.GetLength(_file);
        CountFrames();
        if (_length > 0) Copy(); // what a killed process left, so that the count starts at none
        MakeRoom();
    }

    /// <summary>Whatever has been committed is on disk afterwards.</summary>
    /// <exception cref="IOException">It may be there or not; nothing more may be written before the file has been read anew.</exception>
    public void Flush()
    {
        if (_broken is { } broken) throw broken; // a flush that succeeds after one that failed says nothing about what the first one had to do
        try
        {
            _flushing?.Invoke();
            while (FlushData(_file) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error != InterruptedCall) throw new IOException($"the log could not be flushed: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
        catch (IOException e)
        {
            _broken = e;
            throw;
        }
    }

    /// <summary>To be called between batches, when their callers have been told.</summary>
    /// <param name="idle">Whether nobody waits now.</param>
    /// <exception cref="SqliteException">The log could not be copied; it goes on growing.</exception>
    public void Tend(bool idle)
    {
        CountFrames();
        if (_frames >= (idle ? CopyWhenIdle : CopyAtLatest)) Copy();
        MakeRoom();
    }

    /// <summary>Does what a write needs, and changes nothing: there is room, the disk takes bytes and flushes them.</summary>
    /// <exception cref="IOException">A write would fail.</exception>
    public void Probe()
    {
        EnsureRoom();
        RandomAccess.Write(_file, Zeros.AsSpan(0, 1), _length - 1); // a zero that is one already
        Flush();
    }

    public void Dispose() => _file.Dispose();

    private void CountFrames()
    {
        Check(raw.sqlite3_db_status(_connection.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var written, out _, 1));
        _frames += written;
    }

    /// <summary>Copies the log into the database. SQLite then begins the log anew.</summary>
    private void Copy()
    {
        Check(raw.sqlite3_wal_checkpoint_v2(_connection.Handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out var frames, out var copied));
        _frames = frames == copied ? 0 : frames;
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _connection.Handle);

    private void MakeRoom()
    {
        try { EnsureRoom(); }
        catch (IOException) { } // a full disk: SQLite will find that out itself, when it must
    }

    private void EnsureRoom()
    {
        var end = HeaderBytes + (long)_frames * FrameBytes;
        if (end + RoomAhead <= _length) return;
        _length = RandomAccess.GetLength(_file); // SQLite may have gone past our zeros
        if (end + RoomAhead > _length) RandomAccess.Write(_file, Zeros, _length);
        _length = RandomAccess.GetLength(_file);
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FlushData(SafeFileHandle file);
}
