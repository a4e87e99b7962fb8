using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Coxswain.Store.Sqlite;

/// <summary>
/// The way to a database file that is surely ours and whole: locked against other processes, and looked at by plain reads, with its log and its mark, before
/// SQLite may touch it (SQLite replays and removes the logs of whatever it opens).
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    private const UnixFileMode DirectoryMode = DurableFile.OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly FileStream _lock;
    private readonly bool _hadLog;
    private readonly bool _withoutLog; // it is being looked at as it will be once the log is dropped

    private SqliteFile(string path, FileStream fileLock, LogMark? mark, LogUse use)
    {
        (Path, _lock, Mark) = (path, fileLock, mark);
        _hadLog = File.Exists(LogCheck.LogOf(path));
        _withoutLog = _hadLog && use == LogUse.Drop;
        Connection = _withoutLog ? Connections.OpenWithoutLog(path) : Connections.OpenExclusively(path);
    }

    public string Path { get; }

    public SqliteConnection Connection { get; private set; }

    /// <summary>How far the log had got, as far as that was known when the file was opened.</summary>
    public LogMark? Mark { get; }

    /// <exception cref="StoreOpenException">The file is in use, foreign, damaged or out of reach.</exception>
    public static SqliteFile Open(string path)
    {
        if (System.IO.Path.GetDirectoryName(path) is { Length: > 0 } directory) DurableFile.CreateDirectory(directory, DirectoryMode);
        var fileLock = Lock(path);
        try
        {
            if (!File.Exists(path)) Create(path);
            var mark = MarkFile.Read(path);
            var inUse = DatabaseFormat.Read(path, isOurs: mark is not null) == DatabaseFormat.InUse;
            return new SqliteFile(path, fileLock, mark, new LogCheck(path, inUse, mark).Judge());
        }
        catch
        {
            fileLock.Dispose();
            throw;
        }
    }

    /// <exception cref="StoreOpenException">Another process has it.</exception>
    public static FileStream Lock(string path)
    {
        var name = path + ".lock";
        try
        {
            return new FileStream(name, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = DurableFile.OwnerOnly,
            });
        }
        catch (IOException e) when (File.Exists(name))
        {
            throw new StoreOpenException(path, "is in use by another process", "End that process first, or choose another file", e);
        }
    }

    /// <summary>The file has proved sound. Until then nothing is changed by looking.</summary>
    /// <returns>The log to write to.</returns>
    public WriteAheadLog Accept(long revision, Action? flushing)
    {
        if (_withoutLog)
        {
            Connection.Dispose();
            new MarkFile(Path, LogMark.NoLog(revision)).Dispose(); // before the log goes: it may not be missed
            DurableFile.Delete(LogCheck.LogOf(Path));
            Connection = Connections.OpenExclusively(Path);
        }
        return new WriteAheadLog(Connection, Path, revision, flushing);
    }

    /// <summary>Closes a file that did not prove sound.</summary>
    public void Reject()
    {
        Connection.Dispose();
        if (!_hadLog) File.Delete(LogCheck.LogOf(Path)); // SQLite's own, and empty, from opening it
        _lock.Dispose();
    }

    /// <summary>Everything is in the database: closing it removes the log.</summary>
    public void ForgetLog() => _ = raw.sqlite3_db_config(Connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, out _);

    public void Dispose()
    {
        Connection.Dispose();
        _lock.Dispose(); // the lock's file stays: removing it would race with the next owner
    }

    private static void Create(string path)
    {
        foreach (var (part, name) in new[] { (LogCheck.LogOf(path), "log"), (path + "-journal", "journal"), (MarkFile.PathOf(path), "mark") })
        {
            if (File.Exists(part)) throw OpenFailure.Damage(path, $"is missing, but its {name} is there");
        }
        DatabaseFormat.Create(path);
    }
}
