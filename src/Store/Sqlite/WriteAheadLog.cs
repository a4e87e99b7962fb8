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
        _flushing?.Invoke();
        while (FlushData(_file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != InterruptedCall) throw new IOException($"the log could not be flushed: {Marshal.GetPInvokeErrorMessage(error)}");
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
        var end = HeaderBytes + (long)_frames * FrameBytes;
        if (end + RoomAhead <= _length) return;
        try
        {
            _length = RandomAccess.GetLength(_file); // SQLite may have gone past our zeros
            if (end + RoomAhead > _length) RandomAccess.Write(_file, Zeros, _length);
            _length = RandomAccess.GetLength(_file);
        }
        catch (IOException) { } // a full disk: SQLite will find that out itself, when it must
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FlushData(SafeFileHandle file);
}
